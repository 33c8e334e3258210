package io.girok.security.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.simulated.ManualClock;
import io.girok.metadata.ImageChange;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord.ConfigChanged;
import io.girok.metadata.quota.QuotaEntity;
import io.girok.metadata.quota.QuotaKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which quota holds for whom, and how long those wait that are above it.
class ClientQuotasTest {
    private static final int BURST_MS = 1_000;

    private final ManualClock clock = new ManualClock();
    private final ClientQuotas quotas = new ClientQuotas(clock, BURST_MS, BURST_MS);
    private MetadataImage image = MetadataImage.EMPTY;

    @Test
    void whoeverHasNoQuotaNeverWaits() {
        set(QuotaEntity.of("alice", null), 10);

        assertThat(produce("bob", "any", 1_000_000)).isZero();
        assertThat(quotas.has(QuotaKind.FETCH)).isFalse();
        assertThat(quotas.count(QuotaKind.FETCH, "alice", "any", 1_000_000)).isZero();
    }

    @Test
    void aBurstIsFreeAndTheRestIsWaitedFor() {
        set(QuotaEntity.of("alice", null), 100);

        assertThat(produce("alice", "a", 100)).isZero();
        assertThat(produce("alice", "b", 50)).as("a user's clients share what it has").isEqualTo(500);
        clock.advance(1_500);
        assertThat(produce("alice", "a", 0)).isZero();
        assertThat(produce("alice", "a", 101)).isEqualTo(10);
    }

    /// Each name that a default holds for has the rate for itself.
    @Test
    void aDefaultIsNotShared() {
        set(QuotaEntity.of(null, QuotaEntity.DEFAULT), 100);

        assertThat(produce("alice", "a", 200)).isEqualTo(1_000);
        assertThat(produce("bob", "a", 100)).as("the same client id").isEqualTo(2_000);
        assertThat(produce("alice", "b", 100)).isZero();
    }

    /// The order of KIP-55: what is set for a client id is only asked where nothing is set for its user.
    @ParameterizedTest
    @CsvSource({"alice, a, 1", "alice, b, 2", "bob, a, 4", "bob, b, 5"})
    void theMostSpecificQuotaHolds(String user, String clientId, int rate) {
        set(QuotaEntity.of("alice", "a"), 1);
        set(QuotaEntity.of("alice", QuotaEntity.DEFAULT), 2);
        set(QuotaEntity.of("alice", null), 3);
        set(QuotaEntity.of(QuotaEntity.DEFAULT, "a"), 4);
        set(QuotaEntity.of(QuotaEntity.DEFAULT, QuotaEntity.DEFAULT), 5);
        set(QuotaEntity.of(QuotaEntity.DEFAULT, null), 6);
        set(QuotaEntity.of(null, "a"), 7);
        set(QuotaEntity.of(null, QuotaEntity.DEFAULT), 8);

        assertThat(QuotaTable.of(image).find(QuotaKind.PRODUCE, user, clientId))
                .extracting(QuotaTable.Quota::rate)
                .isEqualTo((double) rate);
    }

    @ParameterizedTest
    @CsvSource({"alice, a, 3", "bob, a, 6"})
    void aUsersQuotaHoldsBeforeAClientIds(String user, String clientId, int rate) {
        set(QuotaEntity.of("alice", null), 3);
        set(QuotaEntity.of(QuotaEntity.DEFAULT, null), 6);
        set(QuotaEntity.of(null, "a"), 7);

        assertThat(QuotaTable.of(image).find(QuotaKind.PRODUCE, user, clientId))
                .extracting(QuotaTable.Quota::rate)
                .isEqualTo((double) rate);
    }

    @Test
    void anotherRateHoldsFromThenOnAndNoneIfItIsRemoved() {
        QuotaEntity alice = QuotaEntity.of("alice", null);
        set(alice, 100);
        assertThat(produce("alice", "a", 1_000)).isEqualTo(9_000);

        set(alice, 1_000);
        assertThat(produce("alice", "a", 1_000)).as("what was counted under the last rate is forgotten").isZero();

        apply(new ConfigChanged(alice.target(), QuotaKind.PRODUCE.key(), null));
        assertThat(produce("alice", "a", 1_000_000)).isZero();
    }

    @Test
    void anAddressHasItsOwnQuotaOrTheDefault() {
        apply(new ConfigChanged(QuotaEntity.ofAddress("10.0.0.1").target(), QuotaKind.CONNECTION.key(), "10"));
        apply(new ConfigChanged(QuotaEntity.ofAddress(QuotaEntity.DEFAULT).target(), QuotaKind.CONNECTION.key(), "1"));

        assertThat(quotas.countConnection("10.0.0.1")).isZero();
        assertThat(quotas.countConnection("10.0.0.1")).isZero();
        assertThat(quotas.countConnection("10.0.0.2")).isZero();
        assertThat(quotas.countConnection("10.0.0.2")).isEqualTo(1_000);
        assertThat(quotas.countConnection("10.0.0.3")).isZero();
    }

    @Test
    void strangersClientIdsTakeNoMoreMemoryThanTheyOwe() {
        set(QuotaEntity.of(null, QuotaEntity.DEFAULT), 100);

        for (int i = 0; i < 200_000; i++) {
            assertThat(produce("any", "id-" + i, 1)).isZero();
            clock.advance(1);
        }

        assertThat(quotas.meterCount(QuotaKind.PRODUCE)).isLessThan(10_100);
    }

    @Test
    void ofALongNameNoMoreIsKeptThanItTakes() {
        String longId = "x".repeat(30_000);
        set(QuotaEntity.of(QuotaEntity.DEFAULT, QuotaEntity.DEFAULT), 100);

        QuotaEntity kept = QuotaTable.of(image).find(QuotaKind.PRODUCE, longId, longId).shared();
        assertThat(kept.user()).hasSizeLessThan(400);
        assertThat(kept.clientId()).hasSizeLessThan(400);
        assertThat(produce("alice", longId + "1", 200)).isEqualTo(1_000);
        assertThat(produce("alice", longId + "2", 100)).as("another one").isZero();
        assertThat(produce("alice", longId + "1", 100)).isEqualTo(2_000);
    }

    @Test
    void aQuotaOfALongNameHolds() {
        String longId = "x".repeat(30_000);
        set(QuotaEntity.of(null, longId), 50);

        assertThat(produce("alice", longId, 100)).isEqualTo(1_000);
        assertThat(produce("alice", longId + "1", 100)).isZero();
    }

    @Test
    void aVastAmountIsWaitedForAndDoesNotOverflow() {
        set(QuotaEntity.of("alice", null), 1);

        assertThat(produce("alice", "a", Double.MAX_VALUE)).isPositive();
        assertThat(produce("alice", "a", Double.MAX_VALUE)).isPositive();
    }

    private long produce(String user, String clientId, double bytes) {
        return quotas.count(QuotaKind.PRODUCE, user, clientId, bytes);
    }

    private void set(QuotaEntity entity, double rate) {
        apply(new ConfigChanged(entity.target(), QuotaKind.PRODUCE.key(), Double.toString(rate)));
    }

    private void apply(ConfigChanged record) {
        ImageChange change = new ImageChange(image);
        change.apply(record);
        image = change.image();
        quotas.onImage(image, change.delta());
    }
}
