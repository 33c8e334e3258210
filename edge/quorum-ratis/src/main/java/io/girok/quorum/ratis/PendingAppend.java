package io.girok.quorum.ratis;

import io.girok.metadata.MetadataLog.AppendOutcome;
import io.girok.metadata.MetadataLog.AppendOutcome.NotWritten;
import io.girok.metadata.MetadataLog.AppendOutcome.Unknown;
import io.girok.metadata.MetadataLog.Reason;
import io.girok.quorum.ratis.MetadataStateMachine.OutcomeMessage;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.protocol.RaftClientReply;
import org.jspecify.annotations.Nullable;

/// An append that has not been answered by Ratis. Thread-safe.
///
/// Before it has entered the Raft log, one that fails was certainly not written; after that, nobody knows.
final class PendingAppend {
    private final CompletableFuture<AppendOutcome> answer = new CompletableFuture<>();
    private volatile boolean hasEnteredTheLog;

    void enter() {
        hasEnteredTheLog = true;
    }

    CompletableFuture<AppendOutcome> answer() {
        return answer.copy();
    }

    void end(AppendOutcome outcome) {
        answer.complete(outcome);
    }

    /// As Ratis says.
    void end(@Nullable RaftClientReply reply, @Nullable Throwable failure) {
        if (reply != null && reply.isSuccess() && reply.getMessage() instanceof OutcomeMessage message) {
            answer.complete(message.outcome());
            return;
        }
        Throwable cause = failure == null && reply != null ? reply.getException() : failure;
        String detail = cause == null ? "Ratis gave no reason" : rootMessage(cause);
        if (hasEnteredTheLog) {
            answer.complete(new Unknown(detail));
            return;
        }
        boolean isLeaderElsewhere = reply != null && reply.getNotLeaderException() != null;
        answer.complete(new NotWritten(isLeaderElsewhere ? Reason.NOT_LEADER : Reason.UNAVAILABLE, detail));
    }

    static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }
}
