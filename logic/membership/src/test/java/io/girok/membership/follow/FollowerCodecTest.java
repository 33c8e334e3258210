package io.girok.membership.follow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.girok.membership.follow.FollowerCodec.Answered;
import io.girok.membership.follow.FollowerCodec.Asked;
import io.girok.metadata.MetadataLog.Leadership;
import io.girok.metadata.Voter;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FollowerCodecTest {
    private static final Leadership LEADERSHIP = new Leadership(3, 77, false);
    private static final Voter LEADER = new Voter(3, "c3.example", 9092);

    static List<Question> questions() {
        return List.of(new Question.Fetch(new LogPosition(1L << 40, 12), LEADERSHIP, 500),
                new Question.MoreOfSnapshot(99, 1 << 20), new Question.Barrier());
    }

    static List<Answer> answers() {
        return List.of(new Answer.Batches(List.of()),
                new Answer.SnapshotPart(98, 7, 1_000, 900, ByteBuffer.wrap(new byte[100])), new Answer.UpTo(5),
                new Answer.OtherCluster(), new Answer.Diverged(8), new Answer.Unable());
    }

    @ParameterizedTest
    @MethodSource("questions")
    void questionsComeAsTheyWereSent(Question question) {
        Asked asked = new Asked("a cluster", question);

        assertThat(FollowerCodec.decodeQuestion(FollowerCodec.encode(asked))).isEqualTo(asked);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answersComeAsTheyWereSent(Answer answer) {
        Answered answered = new Answered("a cluster", LEADERSHIP, answer, null);

        assertThat(FollowerCodec.decodeAnswer(FollowerCodec.encode(answered))).isEqualTo(answered);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whereTheLeaderListensIsSaidButWithPartsOfSnapshots(Answer answer) {
        byte[] bytes = FollowerCodec.encode(new Answered("a cluster", LEADERSHIP, answer, LEADER));

        assertThat(FollowerCodec.decodeAnswer(bytes)).isEqualTo(new Answered("a cluster", LEADERSHIP, answer,
                answer instanceof Answer.SnapshotPart ? null : LEADER));
    }

    /// One of before reads what it knows of and no further, so it must come first.
    @ParameterizedTest
    @MethodSource("answers")
    void whatWasThereBeforeComesBeforeWhereTheLeaderListens(Answer answer) {
        byte[] before = FollowerCodec.encode(new Answered("a cluster", LEADERSHIP, answer, null));

        byte[] bytes = FollowerCodec.encode(new Answered("a cluster", LEADERSHIP, answer, LEADER));

        assertThat(Arrays.copyOf(bytes, before.length)).isEqualTo(before);
    }

    @Test
    void batchesComeAsTheyWereSent() {
        byte[] bytes = encodedBatches();

        Answer.Batches read = (Answer.Batches) FollowerCodec.decodeAnswer(bytes).answer();

        assertThat(read.batches()).extracting(CommittedBatch::firstOffset).containsExactly(10L, 12L);
        assertThat(read.batches()).extracting(CommittedBatch::epoch).containsExactly(4L, 5L);
        assertThat(read.batches().getFirst().records()).containsExactly(new byte[]{1, 2}, new byte[0]);
        assertThat(read.batches().getLast().records()).containsExactly(new byte[]{3});
    }

    @ParameterizedTest
    @MethodSource("questions")
    void aQuestionThatIsCutOffIsUnreadable(Question question) {
        byte[] whole = FollowerCodec.encode(new Asked("c", question));

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> FollowerCodec.decodeQuestion(cut)).isInstanceOf(FollowerCodec.Unreadable.class);
        }
    }

    @Test
    void batchesThatAreCutOffAreUnreadable() {
        byte[] whole = encodedBatches();

        int lengthWithoutLeader = encodedBatches(null).length;

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            if (length == lengthWithoutLeader) {
                assertThat(FollowerCodec.decodeAnswer(cut).leader()).isNull();
                continue;
            }
            assertThatThrownBy(() -> FollowerCodec.decodeAnswer(cut)).isInstanceOf(FollowerCodec.Unreadable.class);
        }
    }

    /// Whatever a flipped byte makes of a count or a length, no more memory is taken than there are bytes.
    @Test
    void aFlippedByteIsReadAsSomethingElseOrNotAtAll() {
        byte[] whole = encodedBatches();

        for (int position = 0; position < whole.length; position++) {
            byte[] flipped = whole.clone();
            flipped[position] ^= (byte) 0x7f;
            try {
                assertThat(FollowerCodec.decodeAnswer(flipped)).isNotNull();
            } catch (FollowerCodec.Unreadable expected) {
                assertThat(expected).hasMessageMatching(".*(cut off|allowed).*");
            }
        }
    }

    @Test
    void anotherVersionIsRefused() {
        byte[] question = FollowerCodec.encode(new Asked("c", new Question.Barrier()));
        question[0] = 2;

        assertThatThrownBy(() -> FollowerCodec.decodeQuestion(question)).hasMessage("version 2; allowed: 1");
    }

    private static byte[] encodedBatches() {
        return encodedBatches(LEADER);
    }

    private static byte[] encodedBatches(@Nullable Voter leader) {
        return FollowerCodec.encode(new Answered("c", LEADERSHIP, new Answer.Batches(List.of(
                new CommittedBatch(4, 10, List.of(new byte[]{1, 2}, new byte[0])),
                new CommittedBatch(5, 12, List.of(new byte[]{3})))), leader));
    }
}
