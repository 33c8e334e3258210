package io.girok.controller;

import io.girok.metadata.Feature;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.FeatureLevelSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Decides on levels of features. Stateless.
final class FeatureUpdate {
    private FeatureUpdate() {}

    static Decision<Map<String, Result<Integer>>> handle(MetadataImage image, UpdateFeatures command) {
        Map<String, Result<Integer>> results = new LinkedHashMap<>();
        List<MetadataRecord> records = new ArrayList<>();
        for (UpdateFeatures.Update update : command.updates()) {
            int present = image.featureLevel(update.feature());
            Result<Integer> result = results.containsKey(update.feature())
                    ? failed(ControllerError.INVALID_REQUEST, "feature '" + update.feature() + "' is named twice")
                    : judge(update, present);
            results.put(update.feature(), result);
            if (result.isOk() && update.level() != present) {
                records.add(new FeatureLevelSet(update.feature(), update.level()));
            }
        }
        boolean isFine = results.values().stream().allMatch(Result::isOk);
        return new Decision<>(isFine && !command.validateOnly() ? records : List.of(), results);
    }

    private static Result<Integer> judge(UpdateFeatures.Update update, int present) {
        Feature feature = Feature.find(update.feature());
        if (feature == null) {
            return failed(ControllerError.INVALID_UPDATE_VERSION, "there is no feature '" + update.feature()
                    + "'; known are " + Feature.ALL.stream().map(Feature::name).toList());
        }
        if (update.level() < present) {
            return failed(ControllerError.INVALID_UPDATE_VERSION, "feature '" + feature.name() + "' is at level "
                    + present + " and can't go back to " + update.level()
                    + (update.isUpgrade() ? ", which is no upgrade" : ": what is written can't be read by less"));
        }
        if (update.level() < feature.minLevel() || feature.maxLevel() < update.level()) {
            return failed(ControllerError.INVALID_UPDATE_VERSION, "feature '" + feature.name() + "' can't be at level "
                    + update.level() + "; allowed: " + feature.minLevel() + " to " + feature.maxLevel());
        }
        return update.level() != present && !update.isUpgrade()
                ? failed(ControllerError.INVALID_UPDATE_VERSION, "feature '" + feature.name() + "' is at level "
                        + present + "; " + update.level() + " is no downgrade")
                : Result.of(update.level());
    }

    private static Result<Integer> failed(ControllerError error, String message) {
        return Result.failed(error, message);
    }
}
