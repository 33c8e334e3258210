package io.girok.admin;

import io.girok.broker.ApiOperation;
import io.girok.broker.ApiResource;
import io.girok.broker.ApiRow;
import java.util.List;
import org.apache.kafka.common.message.SaslAuthenticateResponseData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// The rows of SaslHandshake and SaslAuthenticate, by which they are announced. Where clients show who they are, the
/// connection answers them; what comes to these handlers comes from a client that is not asked, or has already shown
/// it. Stateless.
public final class SaslApis {
    private static final String NOT_NOW = "who the client is, is known already, or is not asked here";

    private SaslApis() {}

    public static List<ApiRow> rows() {
        return List.of(
                ApiRow.of(ApiKeys.SASL_HANDSHAKE, ApiOperation.NONE, ApiResource.NONE,
                        (request, responder) -> responder.respond(
                                new SaslHandshakeResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code()))),
                ApiRow.of(ApiKeys.SASL_AUTHENTICATE, ApiOperation.NONE, ApiResource.NONE,
                        (request, responder) -> responder.respond(
                                new SaslAuthenticateResponseData().setErrorCode(Errors.ILLEGAL_SASL_STATE.code())
                                        .setErrorMessage(NOT_NOW))));
    }
}
