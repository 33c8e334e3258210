package io.girok.broker;

import io.girok.wire.Request;
import io.girok.wire.Responder;

/// Answers the requests of one API. Thread-safe: called on the connection's event loop.
@FunctionalInterface
public interface ApiHandler {
    /// Answers once, now or later, through `responder`; must not block. What it throws becomes `UNKNOWN_SERVER_ERROR`
    /// where the API has a place for it, and a closed connection elsewhere.
    void handle(Request request, Responder responder);
}
