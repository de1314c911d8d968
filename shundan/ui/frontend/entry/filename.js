// How a kept file reads: its name, without the key in front.
export const fileName = (value) => (value ?? "").slice((value ?? "").indexOf(":") + 1);
