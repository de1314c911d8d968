"""The rules each answer gives the browser: what it may run and show, and what no page needs."""

SOURCES = {
    "default-src": "'self'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
UNUSED_FEATURES = ("camera", "microphone", "geolocation", "payment", "usb", "browsing-topics")
POLICIES = {
    "Content-Security-Policy": "; ".join(f"{use} {origin}" for use, origin in SOURCES.items()),
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    "Cross-Origin-Resource-Policy": "same-origin",
}

# Pages for scanners read codes with the camera; where the browser cannot, WebAssembly of our own files does.
SCANNER_POLICIES = {
    "Content-Security-Policy": f"{POLICIES['Content-Security-Policy']}; script-src 'self' 'wasm-unsafe-eval'",
    "Permissions-Policy": ", ".join(
        f"{feature}={'(self)' if feature == 'camera' else '()'}" for feature in UNUSED_FEATURES
    ),
}
