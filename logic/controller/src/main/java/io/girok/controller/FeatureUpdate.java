package io.girok.controller;

import io.girok.metadata.BrokerImage;
import io.girok.metadata.Feature;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.FeatureLevelSet;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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
                    : judge(image, update, present);
            results.put(update.feature(), result);
            if (result.isOk() && update.level() != present) {
                records.add(new FeatureLevelSet(update.feature(), update.level()));
            }
        }
        boolean isFine = results.values().stream().allMatch(Result::isOk);
        return new Decision<>(isFine && !command.validateOnly() ? records : List.of(), results);
    }

    private static Result<Integer> judge(MetadataImage image, UpdateFeatures.Update update, int present) {
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
        if (update.level() != present && !update.isUpgrade()) {
            return failed(ControllerError.INVALID_UPDATE_VERSION, "feature '" + feature.name() + "' is at level "
                    + present + "; " + update.level() + " is no downgrade");
        }
        return update.level() == present ? Result.of(present) : judgeBrokers(image, update);
    }

    /// Whether all brokers can do with the level: those that are fenced, too, since they may come back. Of one that has
    /// not said what it supports no more is known than that it did with the present level.
    private static Result<Integer> judgeBrokers(MetadataImage image, UpdateFeatures.Update update) {
        List<BrokerImage> unable = image.brokers()
                .stream()
                .filter(broker -> !broker.features().supports(update.feature(), update.level()))
                .toList();
        if (unable.isEmpty()) {
            return Result.of(update.level());
        }
        BrokerImage first = unable.getFirst();
        String others = unable.size() == 1 ? "" : " (and " + (unable.size() - 1) + " more can't do with it)";
        return failed(ControllerError.INVALID_UPDATE_VERSION, "feature '" + update.feature() + "' can't be at level "
                + update.level() + " yet: broker " + first.id()
                + (first.features().isUnknown()
                        ? " did not say what it supports, as earlier versions of Girok do not"
                        : " supports " + first.features().levelsOf(update.feature()))
                + others
                + "; upgrade it, or, if it will not come back, stop it and unregister it (girok cluster remove "
                + first.id() + ", or kafka-cluster unregister --id " + first.id() + ")");
    }

    /// What a new cluster begins with.
    static Map<String, Integer> founding() {
        return Feature.ALL.stream().collect(Collectors.toMap(Feature::name, Feature::maxLevel));
    }

    /// The features whose level is below what this Girok can do, and so can write, at the lowest level that it can: a
    /// node that knows no more than the present one must not be taken for able to read what follows.
    static List<FeatureLevelSet> raised(MetadataImage image) {
        return image.clusterId().isEmpty()
                ? List.of()
                : Feature.ALL.stream()
                        .filter(feature -> image.featureLevel(feature.name()) < feature.minLevel())
                        .map(feature -> new FeatureLevelSet(feature.name(), feature.minLevel()))
                        .toList();
    }

    private static Result<Integer> failed(ControllerError error, String message) {
        return Result.failed(error, message);
    }
}
