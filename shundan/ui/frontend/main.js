// Start every behaviour; each finds its elements by data attributes and survives htmx swaps.
import "./behaviours/htmx.js";
import "./behaviours/menus.js";
import "./behaviours/dialogs.js";
import "./behaviours/toasts.js";
import "./behaviours/preferences.js";
import "./behaviours/keyboard.js";
import "./behaviours/palette.js";
import "./behaviours/selection.js";
import "./behaviours/combobox.js";
import "./behaviours/forms.js";
import "./behaviours/numbers.js";
import "./behaviours/times.js";
import "./behaviours/dates.js";
import "./behaviours/region.js";
import "./behaviours/arriving.js";
import "./behaviours/shipping.js";
import "./behaviours/scanning.js";
import "./behaviours/allocation.js";
import "./behaviours/scrolling.js";
import "./behaviours/decisions.js";
import "./behaviours/batches.js";
import "./behaviours/uploads.js";
// The last: it asks whether another one keeps somebody on the page.
import "./behaviours/opening.js";
