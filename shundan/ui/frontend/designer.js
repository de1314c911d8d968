// What only the designer of workflows and approval tables needs.
import "./designer/rows.js";
