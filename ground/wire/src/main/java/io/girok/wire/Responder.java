package io.girok.wire;

import org.apache.kafka.common.protocol.ApiMessage;

/// Takes the one answer to a request, from any thread. The network sends answers in the order of their requests.
public interface Responder {
    /// Sends the answer and frees the request's buffer. Record sets in it may be [SlicedRecords].
    void respond(ApiMessage body);

    /// The request is done and wants no answer (produce with `acks=0`).
    void respondNothing();

    /// Ends the connection, because of `reason`: the request can't be answered in its protocol.
    void closeConnection(String reason);
}
