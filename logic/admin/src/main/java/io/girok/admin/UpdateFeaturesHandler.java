package io.girok.admin;

import io.girok.admin.ControllerAnswers.Told;
import io.girok.broker.ApiHandler;
import io.girok.controller.ActiveController;
import io.girok.controller.Result;
import io.girok.controller.UpdateFeatures;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResultCollection;
import org.apache.kafka.common.protocol.Errors;

/// UpdateFeatures, versions 0 to 2: a command to the controller. Thread-safe.
final class UpdateFeaturesHandler implements ApiHandler {
    private static final byte UPGRADE = 1;
    /// Before, it said whether a downgrade was meant.
    private static final short FIRST_WITH_UPGRADE_TYPE = 1;
    /// From here on, one error stands for the whole request.
    private static final short FIRST_WITHOUT_RESULTS = 2;

    private final ActiveController controller;

    UpdateFeaturesHandler(ActiveController controller) {
        this.controller = controller;
    }

    @Override
    public void handle(Request request, Responder responder) {
        UpdateFeaturesRequestData body = (UpdateFeaturesRequestData) request.body();
        List<UpdateFeatures.Update> updates = body.featureUpdates()
                .stream()
                .map(update -> new UpdateFeatures.Update(update.feature(), update.maxVersionLevel(),
                        isUpgrade(update, request.version())))
                .toList();
        var _ = controller.submit(new UpdateFeatures(updates, body.validateOnly())).handle((results, failure) -> {
            responder.respond(failure == null
                    ? answer(results, request.version())
                    : failed(ControllerAnswers.of(failure)));
            return true;
        });
    }

    private static boolean isUpgrade(FeatureUpdateKey update, short version) {
        return version < FIRST_WITH_UPGRADE_TYPE ? !update.allowDowngrade() : update.upgradeType() == UPGRADE;
    }

    private static UpdateFeaturesResponseData failed(Told why) {
        return new UpdateFeaturesResponseData().setErrorCode(why.error().code()).setErrorMessage(why.message());
    }

    private static UpdateFeaturesResponseData answer(Map<String, Result<Integer>> results, short version) {
        Optional<Told> wrong = results.values()
                .stream()
                .filter(result -> !result.isOk())
                .findFirst()
                .map(ControllerAnswers::of);
        if (FIRST_WITHOUT_RESULTS <= version) {
            return failed(wrong.orElse(Told.NOTHING_WRONG));
        }
        UpdatableFeatureResultCollection all = new UpdatableFeatureResultCollection();
        results.forEach((feature, result) -> {
            Told told = result.isOk() && wrong.isPresent()
                    ? new Told(Errors.INVALID_UPDATE_VERSION, "nothing is changed: " + wrong.get().message())
                    : ControllerAnswers.of(result);
            all.add(new UpdatableFeatureResult().setFeature(feature)
                    .setErrorCode(told.error().code())
                    .setErrorMessage(told.message()));
        });
        return new UpdateFeaturesResponseData().setResults(all);
    }
}
