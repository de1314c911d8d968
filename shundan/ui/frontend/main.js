// Start every behaviour; each finds its elements by data attributes and survives htmx swaps.
import "./behaviours/htmx.js";
import "./behaviours/menus.js";
import "./behaviours/dialogs.js";
import "./behaviours/toasts.js";
import "./behaviours/preferences.js";
import "./behaviours/keyboard.js";
import "./behaviours/selection.js";
import "./behaviours/combobox.js";
import "./behaviours/forms.js";
import "./behaviours/numbers.js";
import "./behaviours/times.js";
import "./behaviours/region.js";
import "./behaviours/shipping.js";
import "./behaviours/allocation.js";
import "./behaviours/scrolling.js";
import "./behaviours/uploads.js";
