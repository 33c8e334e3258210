package io.girok.broker.group;

import io.girok.wire.Responder;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.protocol.ApiMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands an answer that comes later to the client. Stateless.
final class Answering {
    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);

    private Answering() {}

    /// A future that fails is our fault: the connection is closed, since not every API has a place for an error.
    static void when(CompletableFuture<? extends ApiMessage> answer, Responder responder) {
        CompletableFuture<Void> _ = answer.handle((body, failure) -> {
            if (failure == null) {
                responder.respond(body);
            } else {
                LOG.error("a request about groups failed; its connection is closed", failure);
                responder.closeConnection("internal error");
            }
            return null;
        });
    }
}
