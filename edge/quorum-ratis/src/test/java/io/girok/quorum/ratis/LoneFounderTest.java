package io.girok.quorum.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.SystemClock;
import io.girok.metadata.MetadataLog.AppendOutcome.Appended;
import io.girok.metadata.RecordingListener;
import io.girok.metadata.Voter;
import io.girok.metadata.VoterChange;
import io.girok.metadata.VoterChange.Reason;
import io.girok.metadata.VoterSet;
import io.girok.quorum.ratis.RatisSettings.SnapshotTrigger;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node that has founded its cluster alone, and others that are to vote with it.
@Timeout(120)
final class LoneFounderTest {
    private static final VoterSet ALONE = Voters.set(1);

    @TempDir
    Path directory;

    @Test
    void itTakesNobodyInWhileItsSettingsNameItAlone() {
        try (Founder founder = new Founder(ALONE)) {
            VoterChange change = founder.log.changeVoters(ALONE, Voters.set(1, 2)).join();

            assertThat(change).isInstanceOfSatisfying(VoterChange.Refused.class, refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.INVALID);
                assertThat(refused.detail()).contains("controller.quorum.voters");
            });
            assertThat(founder.asked).isEmpty();
        }
    }

    @Test
    void whoIsToBeAddedIsLookedForWhereItIsSaidToBeAndOnlyForSoLong() {
        new Founder(ALONE).close();
        try (Founder founder = new Founder(Voters.set(1, 2, 3))) {
            VoterChange change = founder.log.changeVoters(ALONE, Voters.set(1, 2)).join();

            assertThat(change).isInstanceOfSatisfying(VoterChange.Refused.class,
                    refused -> assertThat(refused.reason()).isEqualTo(Reason.UNREACHABLE));
            assertThat(founder.asked).containsExactly(Voters.at(2));
            assertThat(founder.log.candidate(2)).isNull();
            assertThat(founder.log.voter(2)).isNull();
        }
    }

    @Test
    void withSettingsThatNameAllItGrowsAndCanLeaveTheOthersAlone() {
        try (Founder founder = new Founder(ALONE)) {
            assertThat(founder.log.append(founder.listener.epoch(), 0, List.of("a".getBytes())).join())
                    .isEqualTo(new Appended(0, 0));
        }
        try (Voters voters = new Voters(directory, RatisSettings.Timing.DEFAULT, SnapshotTrigger.DEFAULT)) {
            voters.start(1);
            voters.start(4);
            voters.start(5);
            voters.change(Voters.set(1, 4));
            voters.change(Voters.set(1, 4, 5));

            voters.change(Voters.set(4, 5));

            int leader = voters.awaitLeader(1);
            assertThat(voters.append(leader, "b")).isEqualTo(new Appended(1, 1));
            for (int id : List.of(4, 5)) {
                voters.voter(id).listener().await("all records", heard -> heard.records().equals(List.of("a", "b")));
            }
            Voters.await("the founder to be outside", () -> voters.voter(1).log().isOutside());
            assertThat(voters.voter(1).log().status().voterSet().ids()).contains(4, 5);
        }
    }

    /// The node, with nobody else to be reached.
    private final class Founder implements AutoCloseable {
        private final List<Voter> asked = new CopyOnWriteArrayList<>();
        private final RecordingListener listener = new RecordingListener(() -> {});
        private final RatisMetadataLog log;

        /// @param set whom its settings name
        Founder(VoterSet set) {
            log = new RatisMetadataLog(RatisSettings.among(directory.resolve("voter-1"), 1, set), new SystemClock(),
                    (to, request) -> ask(to));
            log.start(listener);
            listener.await("to lead", heard -> 0 <= heard.epoch());
        }

        private CompletableFuture<byte[]> ask(int to) {
            Voter said = log.candidate(to);
            if (said != null) {
                asked.add(said);
            }
            return CompletableFuture.failedFuture(new IOException("node " + to + " is not reached"));
        }

        @Override
        public void close() {
            log.close();
        }
    }
}
