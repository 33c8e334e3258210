package io.girok.admin;

import io.girok.base.Principal;
import io.girok.broker.access.Access;
import io.girok.controller.ActiveController;
import io.girok.controller.Command;
import io.girok.controller.CreateToken;
import io.girok.controller.ExpireToken;
import io.girok.controller.RenewToken;
import io.girok.controller.Result;
import io.girok.metadata.DelegationToken;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.metadata.setting.SecuritySettings;
import io.girok.metadata.setting.Settings;
import io.girok.security.sasl.DelegationTokens;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenResponseData;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenResponseData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

/// CreateDelegationToken 1-3, RenewDelegationToken 1-2 and ExpireDelegationToken 1-2 (KIP-48, KIP-373): commands to the
/// controller. Thread-safe.
final class TokenHandlers {
    private static final short FIRST_WITH_REQUESTER = 3;

    private final ActiveController controller;
    private final DelegationTokens tokens;
    private final Access access;
    private final long maxLifetimeMs;
    private final long lifetimeMs;

    TokenHandlers(ActiveController controller, DelegationTokens tokens, Access access, Settings given) {
        this.controller = controller;
        this.tokens = tokens;
        this.access = access;
        this.maxLifetimeMs = given.get(SecuritySettings.DELEGATION_TOKEN_MAX_LIFETIME_MS);
        this.lifetimeMs = given.get(SecuritySettings.DELEGATION_TOKEN_EXPIRY_TIME_MS);
    }

    /// Why nobody, or not this sender, is told of tokens: [Errors#NONE] when it may be.
    static Errors closed(Request request, DelegationTokens tokens) {
        if (!isAllowed(request)) {
            return Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED;
        }
        return tokens.areOn() ? Errors.NONE : Errors.DELEGATION_TOKEN_AUTH_DISABLED;
    }

    /// Whether the sender may ask about tokens at all. Where nobody was asked who they are, tokens would be anybody's;
    /// made by a token, they would have no end.
    private static boolean isAllowed(Request request) {
        return !request.connection().principal().equals(Principal.ANONYMOUS) && !request.connection().isByToken();
    }

    void create(Request request, Responder responder) {
        CreateDelegationTokenRequestData body = (CreateDelegationTokenRequestData) request.body();
        Principal requester = request.connection().principal();
        String ownerName = body.ownerPrincipalName();
        boolean isForItself = ownerName == null || ownerName.isEmpty();
        String ownerType = body.ownerPrincipalType() == null ? "" : body.ownerPrincipalType();
        Principal owner = isForItself ? requester : new Principal(ownerType, ownerName);
        Errors refusal = refusal(request, body, owner);
        if (refusal != Errors.NONE) {
            responder.respond(created(request, owner).setErrorCode(refusal.code()));
            return;
        }
        long wantedMs = body.maxLifetimeMs();
        CreateToken command = new CreateToken(owner, requester,
                body.renewers().stream().map(each -> new Principal(Principal.USER, each.principalName())).toList(),
                wantedMs <= 0 ? maxLifetimeMs : Math.min(maxLifetimeMs, wantedMs), lifetimeMs);
        submit(request, command, "CREATE", (error, token) -> {
            CreateDelegationTokenResponseData answer = created(request, owner).setErrorCode(error.code());
            token.forEach(made -> answer.setTokenId(made.id())
                    .setIssueTimestampMs(made.issuedMs())
                    .setExpiryTimestampMs(made.expiresMs())
                    .setMaxTimestampMs(made.maxMs())
                    .setHmac(tokens.hmac(made.id())));
            responder.respond(answer);
        });
    }

    private Errors refusal(Request request, CreateDelegationTokenRequestData body, Principal owner) {
        if (!isAllowed(request)) {
            return Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED;
        }
        if (!owner.equals(request.connection().principal())
                && !access.of(request).may(AclOperation.CREATE_TOKENS, AclResource.USER, owner.toString())) {
            return Errors.DELEGATION_TOKEN_AUTHORIZATION_FAILED;
        }
        Stream<String> types = Stream.concat(Stream.of(owner.type()),
                body.renewers().stream().map(each -> each.principalType()));
        if (!types.allMatch(Principal.USER::equals)) {
            return Errors.INVALID_PRINCIPAL_TYPE;
        }
        if (!tokens.areOn()) {
            return Errors.DELEGATION_TOKEN_AUTH_DISABLED;
        }
        return body.renewers().stream().anyMatch(each -> each.principalName().isEmpty())
                ? Errors.INVALID_REQUEST
                : Errors.NONE;
    }

    private static CreateDelegationTokenResponseData created(Request request, Principal owner) {
        CreateDelegationTokenResponseData answer = new CreateDelegationTokenResponseData()
                .setPrincipalType(owner.type())
                .setPrincipalName(owner.name());
        Principal requester = request.connection().principal();
        return request.version() < FIRST_WITH_REQUESTER
                ? answer
                : answer.setTokenRequesterPrincipalType(requester.type())
                        .setTokenRequesterPrincipalName(requester.name());
    }

    void renew(Request request, Responder responder) {
        RenewDelegationTokenRequestData body = (RenewDelegationTokenRequestData) request.body();
        long wantedMs = body.renewPeriodMs();
        long periodMs = wantedMs <= 0 ? lifetimeMs : Math.min(lifetimeMs, wantedMs);
        change(request, responder, body.hmac(), "RENEW", (id, by) -> new RenewToken(id, by, periodMs),
                (error, endMs) -> new RenewDelegationTokenResponseData().setErrorCode(error.code())
                        .setExpiryTimestampMs(endMs));
    }

    void expire(Request request, Responder responder) {
        ExpireDelegationTokenRequestData body = (ExpireDelegationTokenRequestData) request.body();
        change(request, responder, body.hmac(), "EXPIRE",
                (id, by) -> new ExpireToken(id, by, body.expiryTimePeriodMs()),
                (error, endMs) -> new ExpireDelegationTokenResponseData().setErrorCode(error.code())
                        .setExpiryTimestampMs(endMs));
    }

    /// @param answers of an error and the token's new end
    private void change(Request request, Responder responder, byte[] hmac, String how,
            BiFunction<String, Principal, Command<Result<DelegationToken>>> commands,
            BiFunction<Errors, Long, ApiMessage> answers) {
        Errors closed = closed(request, tokens);
        DelegationToken known = closed == Errors.NONE ? tokens.byHmac(hmac) : null;
        if (known == null) {
            responder.respond(
                    answers.apply(closed == Errors.NONE ? Errors.DELEGATION_TOKEN_NOT_FOUND : closed, 0L));
            return;
        }
        Command<Result<DelegationToken>> command = commands.apply(known.id(), request.connection().principal());
        submit(request, command, how, (error, token) -> responder.respond(answers.apply(error,
                token.stream().mapToLong(DelegationToken::expiresMs).sum())));
    }

    /// @param told of an error and no token, or of none and the token as it is from here on
    private void submit(Request request, Command<Result<DelegationToken>> command, String how,
            BiConsumer<Errors, List<DelegationToken>> told) {
        var _ = controller.submit(command).handle((result, failure) -> {
            if (failure != null) {
                told.accept(ControllerAnswers.of(failure).error(), List.of());
            } else if (result.isOk()) {
                DelegationToken token = result.get();
                access.audit()
                        .changed(request, "token", token.owner().toString(),
                                List.of(how + " " + token.id() + " until=" + token.expiresMs()));
                told.accept(Errors.NONE, List.of(token));
            } else {
                told.accept(ControllerAnswers.of(result).error(), List.of());
            }
            return true;
        });
    }
}
