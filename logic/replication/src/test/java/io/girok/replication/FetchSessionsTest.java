package io.girok.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.girok.base.TopicId;
import io.girok.replication.FetchSessions.Begun;
import io.girok.replication.FetchSessions.Limits;
import io.girok.replication.FetchSessions.Wish;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class FetchSessionsTest {
    private static final TopicId TOPIC = new TopicId(1, 2);
    private static final long EVICTION_MS = 1000;

    private int drawn = 100;
    private final FetchSessions sessions = sessions(new Limits(2, 10, EVICTION_MS));

    @Test
    void aFullRequestMakesASessionThatAnswersOnlyNews() {
        FetchSession session = serve(full(0, 1)).session();
        Begun.Serve next = serve(new Wish(session.id(), 1, true, List.of(), List.of()));

        assertThat(next.isFull()).isFalse();
        assertThat(next.partitions()).extracting(partition -> partition.key().partition()).containsExactly(0, 1);
        SessionPartition first = next.partitions().getFirst();
        assertThat(session.tell(first, result(5, 0))).isTrue();
        assertThat(session.tell(first, result(5, 0))).isFalse();
        assertThat(session.tell(first, result(6, 0))).isTrue();
        assertThat(session.tell(first, FetchedPartition.failed(Errors.NOT_LEADER_OR_FOLLOWER))).isTrue();
        assertThat(session.tell(first, result(6, 0))).isTrue();
    }

    /// A replica that was opened anew has an old high watermark, and nothing else may ever change it.
    @Test
    void aReaderThatDoesNotGoOnIsToldAgain() {
        FetchSession session = serve(full(0)).session();
        session.tell(session.partitions().getFirst(), result(5, 0));
        serve(new Wish(session.id(), 1, true, List.of(partition(0, 70)), List.of()));
        assertThat(session.tell(session.partitions().getFirst(), result(5, 0))).isFalse();

        serve(new Wish(session.id(), 2, true, List.of(partition(0, 70)), List.of()));

        assertThat(session.tell(session.partitions().getFirst(), result(5, 0))).isTrue();
    }

    @Test
    void anIncrementalRequestAddsReplacesAndForgets() {
        FetchSession session = serve(full(0, 1)).session();

        Begun.Serve next = serve(new Wish(session.id(), 1, true, List.of(partition(1, 70), partition(2, 0)),
                List.of(key(0))));

        assertThat(next.partitions()).extracting(partition -> partition.key().partition()).containsExactly(1, 2);
        assertThat(next.partitions().getFirst().position().fetchOffset()).isEqualTo(70);
        assertThat(sessions.partitionCount()).isEqualTo(2);
    }

    @Test
    void partitionsThatGaveRecordsGoToTheEnd() {
        FetchSession session = serve(full(0, 1, 2)).session();

        session.tell(session.partitions().getFirst(), result(5, 100));

        assertThat(session.partitions()).extracting(partition -> partition.key().partition())
                .containsExactly(1, 2, 0);
    }

    @Test
    void anUnknownSessionAWrongEpochAndAnotherNamingAreToldApart() {
        int id = serve(full(0)).session().id();

        assertThat(sessions.begin(new Wish(id + 1, 1, true, List.of(), List.of()), 0))
                .isEqualTo(new Begun.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
        assertThat(sessions.begin(new Wish(id, 2, true, List.of(), List.of()), 0))
                .isEqualTo(new Begun.Refused(Errors.INVALID_FETCH_SESSION_EPOCH));
        assertThat(sessions.begin(new Wish(id, 1, false, List.of(), List.of()), 0))
                .isEqualTo(new Begun.Refused(Errors.FETCH_SESSION_TOPIC_ID_ERROR));
    }

    @Test
    void theFinalEpochEndsTheSession() {
        int id = serve(full(0)).session().id();

        Begun.Serve last = serve(new Wish(id, -1, true, List.of(partition(0, 0)), List.of()));

        assertThat(last.session().id()).isEqualTo(FetchSession.NO_ID);
        assertThat(last.isFull()).isTrue();
        assertThat(sessions.sessionCount()).isZero();
        assertThat(sessions.partitionCount()).isZero();
    }

    @Test
    void aSessionThatForgetsEverythingEnds() {
        int id = serve(full(0)).session().id();

        Begun.Serve last = serve(new Wish(id, 1, true, List.of(), List.of(key(0))));

        assertThat(last.partitions()).isEmpty();
        assertThat(last.session().id()).isEqualTo(FetchSession.NO_ID);
        assertThat(sessions.sessionCount()).isZero();
    }

    @Test
    void aNewcomerWithoutRoomGoesWithoutASession() {
        serve(full(0));
        serve(full(0));

        Begun.Serve third = serve(full(0));

        assertThat(third.session().id()).isEqualTo(FetchSession.NO_ID);
        assertThat(third.partitions()).hasSize(1);
    }

    @Test
    void theIdlestSessionMakesRoomOnceItWasIdleForLong() {
        int first = serve(full(0)).session().id();
        int second = serve(full(0)).session().id();
        sessions.begin(new Wish(first, 1, true, List.of(), List.of()), EVICTION_MS);

        Begun.Serve third = (Begun.Serve) sessions.begin(full(0), EVICTION_MS);

        assertThat(third.session().id()).isNotEqualTo(FetchSession.NO_ID);
        assertThat(sessions.begin(new Wish(second, 1, true, List.of(), List.of()), EVICTION_MS))
                .isEqualTo(new Begun.Refused(Errors.FETCH_SESSION_ID_NOT_FOUND));
    }

    @Test
    void partitionsInAllSessionsTogetherAreBounded() {
        assertThat(serve(full(IntStream.range(0, 11).toArray())).session().id()).isEqualTo(FetchSession.NO_ID);
        int id = serve(full(IntStream.range(0, 10).toArray())).session().id();
        assertThat(serve(full(0)).session().id()).isEqualTo(FetchSession.NO_ID);

        Begun.Serve grown = serve(new Wish(id, 1, true, List.of(partition(10, 0)), List.of()));

        assertThat(grown.session().id()).isEqualTo(FetchSession.NO_ID);
        assertThat(grown.partitions()).hasSize(11);
        assertThat(sessions.partitionCount()).isZero();
    }

    @Test
    void anIdTellsItsShard() {
        FetchSessions third = new FetchSessions(2, 3, new Limits(5, 10, EVICTION_MS), () -> drawn++);

        for (int i = 0; i < 3; i++) {
            FetchSession session = ((Begun.Serve) third.begin(full(i), 0)).session();
            assertThat(FetchSessions.shardIndexOf(session.id(), 3)).isEqualTo(2);
        }
    }

    private FetchSessions sessions(Limits limits) {
        return new FetchSessions(0, 1, limits, () -> drawn++);
    }

    private Begun.Serve serve(Wish wish) {
        return (Begun.Serve) sessions.begin(wish, 0);
    }

    private static Wish full(int... partitions) {
        List<SessionPartition> wanted = IntStream.of(partitions).mapToObj(index -> partition(index, 0)).toList();
        return new Wish(0, 0, true, wanted, List.of());
    }

    private static FetchKey key(int partition) {
        return FetchKey.ofId(TOPIC, partition);
    }

    private static SessionPartition partition(int partition, long fetchOffset) {
        return new SessionPartition(key(partition), new FetchPosition(-1, fetchOffset, -1, -1, 1024));
    }

    private static FetchedPartition result(long highWatermark, int sizeInBytes) {
        return new FetchedPartition(Errors.NONE, highWatermark, highWatermark, 0, List.of(), sizeInBytes, null, null);
    }
}
