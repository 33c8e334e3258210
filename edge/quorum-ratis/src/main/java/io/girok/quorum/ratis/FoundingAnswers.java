package io.girok.quorum.ratis;

import io.girok.quorum.ratis.Founding.Answer;
import io.girok.quorum.ratis.Founding.Standing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// What this node says to one that comes without a log and asks whether it may vote. Thread-safe.
final class FoundingAnswers {
    private final RatisSettings settings;
    private final RatisFiles files;
    private final PeerBook book;

    FoundingAnswers(RatisSettings settings, RatisFiles files, PeerBook book) {
        this.settings = settings;
        this.files = files;
        this.book = book;
    }

    /// @param voters null while Ratis does not run
    /// @throws IOException when there is no answer yet
    byte[] answer(@Nullable RatisVoters voters, byte[] request) throws IOException {
        boolean isOpening = voters != null && voters.areBeingOpened();
        boolean isAdmitted = request[0] == Founding.ADMIT;
        // The log does not say yet how far it goes; but who has no answer founds with others that have no log.
        if (isOpening && (isAdmitted || !files.haveMemory())) {
            throw new IOException("the metadata log is being opened");
        }
        Standing standing = standing(Founding.asker(request), isOpening ? null : voters);
        boolean votes = voters != null && voters.isVoter();
        if (isAdmitted && !votes) {
            book.admit();
        }
        return new Answer(standing, votes).encode();
    }

    private Standing standing(int asker, @Nullable RatisVoters opened) throws IOException {
        if (files.haveJoined()) {
            return Standing.KNOWN;
        }
        boolean hasLog = opened == null ? files.haveMemory() : opened.haveLog();
        if (!hasLog) {
            return Standing.EMPTY;
        }
        // Those that were added are not asked, and may have been promised something.
        return opened == null || opened.areAll(settings.founderIds()) ? book.standing(asker) : Standing.KNOWN;
    }
}
