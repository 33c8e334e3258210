package io.girok.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKeyCollection;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// UpdateFeatures, frame by frame.
class FeatureAdminTest {
    private static final String ELR = "eligible.leader.replicas.version";

    private final AdminNode node = new AdminNode();

    private UpdateFeaturesResponseData update(int version, String... features) {
        FeatureUpdateKeyCollection updates = new FeatureUpdateKeyCollection();
        for (String feature : features) {
            updates.add(new FeatureUpdateKey().setFeature(feature).setMaxVersionLevel((short) 1));
        }
        return node.ask(new UpdateFeaturesRequestData().setTimeoutMs(1000).setFeatureUpdates(updates), version)
                .as(UpdateFeaturesResponseData.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void eachFeatureHasItsResult(int version) {
        UpdateFeaturesResponseData fine = update(version, ELR);
        UpdateFeaturesResponseData wrong = update(version, ELR, "transaction.version");

        assertThat(fine.errorCode()).isZero();
        assertThat(fine.results().find(ELR).errorCode()).isZero();
        assertThat(wrong.errorCode()).isZero();
        assertThat(wrong.results().find("transaction.version").errorCode())
                .isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
        assertThat(wrong.results().find(ELR).errorCode()).isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
    }

    @Test
    void theLatestVersionHasOneErrorForAll() {
        assertThat(update(2, ELR).errorCode()).isZero();
        UpdateFeaturesResponseData wrong = update(2, ELR, "transaction.version");

        assertThat(wrong.errorCode()).isEqualTo(Errors.INVALID_UPDATE_VERSION.code());
        assertThat(wrong.errorMessage()).contains("transaction.version");
    }
}
