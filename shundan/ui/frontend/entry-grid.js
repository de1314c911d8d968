// The order entry page: joins the grid, its picker, paste, scanner and saving.
import { startEntry } from "./entry/start.js";

const root = document.getElementById("entry-grid");
if (root) startEntry(root);
