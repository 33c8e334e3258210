package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.controller.ActiveController;
import io.girok.controller.UnregisterBroker;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;

/// UnregisterBroker: a command to the controller. Thread-safe.
final class UnregisterBrokerHandler implements ApiHandler {
    private final ActiveController controller;

    UnregisterBrokerHandler(ActiveController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request, Responder responder) {
        int brokerId = ((UnregisterBrokerRequestData) request.body()).brokerId();
        var _ = controller.submit(new UnregisterBroker(brokerId)).handle((result, failure) -> {
            Told told = failure == null ? ControllerAnswers.of(result) : ControllerAnswers.of(failure);
            responder.respond(
                    new UnregisterBrokerResponseData().setErrorCode(told.error().code())
                            .setErrorMessage(told.message()));
            return true;
        });
    }
}
