package io.girok.wire;

/// What stands behind the network: answers requests. Thread-safe.
public interface RequestHandler {
    /// Called on the connection's event loop; must not block. Answers once, now or later, through `responder`.
    void handle(Request request, Responder responder);
}
