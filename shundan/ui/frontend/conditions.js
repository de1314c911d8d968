// The entry point of pages on which conditions are edited.
import "./conditions/start.js";
