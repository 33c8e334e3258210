package io.girok.wire;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

/// A request whose header and body were understood. Immutable, but for the record bytes its body may point at: they lie
/// in the network's buffer, belong to the handler until it answers, and are gone afterwards.
///
/// @param clientId what the client calls itself; never trusted, never written to a log unescaped
public record Request(ApiKeys api, short version, int correlationId, @Nullable String clientId, ApiMessage body,
        Connection connection) {}
