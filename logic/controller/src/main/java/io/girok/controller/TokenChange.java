package io.girok.controller;

import io.girok.base.Principal;
import io.girok.metadata.DelegationToken;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.MetadataRecord;
import io.girok.metadata.MetadataRecord.DelegationTokenRemoved;
import io.girok.metadata.MetadataRecord.DelegationTokenSet;
import java.util.List;
import java.util.stream.Stream;

/// Decides on delegation tokens (KIP-48, KIP-373). Stateless.
final class TokenChange {
    /// Whoever is let in may make tokens: what they take of every node's memory has an end. Apache Kafka has no limits.
    static final int MAX_TOKENS = 100_000;
    /// So that one requester does not leave the others without.
    static final int MAX_TOKENS_OF_REQUESTER = 10_000;
    static final int MAX_RENEWERS = 100;
    static final int MAX_NAME_CHARS = 1_024;
    /// Of all renewers of a token together.
    static final int MAX_RENEWERS_CHARS = 4_096;

    private TokenChange() {}

    static Decision<Result<DelegationToken>> create(ControllerRules rules, MetadataImage image, CreateToken command,
            long nowMs) {
        if (MAX_RENEWERS < command.renewers().size() || !Stream.concat(
                Stream.of(command.owner(), command.requester()), command.renewers().stream())
                .allMatch(TokenChange::isUser)) {
            return refused(ControllerError.INVALID_REQUEST, "a token has at most " + MAX_RENEWERS
                    + " renewers, and they and its owner are users with names of 1 to " + MAX_NAME_CHARS
                    + " characters");
        }
        if (MAX_RENEWERS_CHARS < command.renewers().stream().mapToInt(renewer -> renewer.name().length()).sum()) {
            return refused(ControllerError.INVALID_REQUEST,
                    "the names of a token's renewers have at most " + MAX_RENEWERS_CHARS + " characters together");
        }
        if (MAX_TOKENS <= image.tokens().size()) {
            return refused(ControllerError.POLICY_VIOLATION, "there are " + image.tokens().size()
                    + " delegation tokens, which is as many as there may be");
        }
        if (hasAll(image, command.requester())) {
            return refused(ControllerError.POLICY_VIOLATION, "there are " + MAX_TOKENS_OF_REQUESTER
                    + " delegation tokens that the same user has asked for, which is as many as it may have");
        }
        long maxMs = later(nowMs, command.maxLifetimeMs());
        DelegationToken token = new DelegationToken(rules.topicIds().get().toString(), command.owner(),
                command.requester(), command.renewers(), nowMs, maxMs,
                Math.min(maxMs, later(nowMs, command.lifetimeMs())));
        return decided(new DelegationTokenSet(token), token);
    }

    private static boolean hasAll(MetadataImage image, Principal requester) {
        return MAX_TOKENS_OF_REQUESTER <= image.tokens().size()
                && MAX_TOKENS_OF_REQUESTER <= image.tokens()
                        .values()
                        .stream()
                        .filter(token -> token.requester().equals(requester))
                        .count();
    }

    private static boolean isUser(Principal principal) {
        return principal.type().equals(Principal.USER) && principal.name().length() <= MAX_NAME_CHARS;
    }

    static Decision<Result<DelegationToken>> renew(MetadataImage image, RenewToken command, long nowMs) {
        Result<DelegationToken> found = find(image, command.id(), command.by(), nowMs);
        return found.isOk()
                ? ending(found.get(), later(nowMs, command.lifetimeMs()))
                : new Decision<>(List.of(), found);
    }

    static Decision<Result<DelegationToken>> expire(MetadataImage image, ExpireToken command, long nowMs) {
        Result<DelegationToken> found = find(image, command.id(), command.by(), nowMs);
        if (!found.isOk()) {
            return new Decision<>(List.of(), found);
        }
        return command.inMs() < 0
                ? decided(new DelegationTokenRemoved(command.id()), found.get().until(nowMs))
                : ending(found.get(), later(nowMs, command.inMs()));
    }

    static Decision<Integer> removeExpired(MetadataImage image, long nowMs) {
        List<MetadataRecord> records = image.tokens()
                .values()
                .stream()
                .filter(token -> token.isOver(nowMs))
                .map(DelegationToken::id)
                .sorted()
                .limit(RemoveExpiredTokens.MAX_AT_ONCE)
                .<MetadataRecord>map(DelegationTokenRemoved::new)
                .toList();
        return new Decision<>(records, records.size());
    }

    private static Result<DelegationToken> find(MetadataImage image, String id, Principal by, long nowMs) {
        DelegationToken token = image.token(id);
        if (token == null) {
            return Result.failed(ControllerError.DELEGATION_TOKEN_NOT_FOUND, "there is no such token");
        }
        if (token.isOver(nowMs)) {
            return Result.failed(ControllerError.DELEGATION_TOKEN_EXPIRED, "the token is over");
        }
        return token.isRenewedBy(by)
                ? Result.of(token)
                : Result.failed(ControllerError.DELEGATION_TOKEN_OWNER_MISMATCH,
                        "only its owner and its renewers may renew or end a token");
    }

    private static Decision<Result<DelegationToken>> ending(DelegationToken token, long endMs) {
        DelegationToken changed = token.until(Math.min(token.maxMs(), endMs));
        return decided(new DelegationTokenSet(changed), changed);
    }

    /// Requests and settings may say as much as a number holds.
    private static long later(long nowMs, long byMs) {
        return byMs < Long.MAX_VALUE - nowMs ? nowMs + byMs : Long.MAX_VALUE;
    }

    private static Decision<Result<DelegationToken>> decided(MetadataRecord record, DelegationToken token) {
        return new Decision<>(List.of(record), Result.of(token));
    }

    private static Decision<Result<DelegationToken>> refused(ControllerError error, String message) {
        return new Decision<>(List.of(), Result.failed(error, message));
    }
}
