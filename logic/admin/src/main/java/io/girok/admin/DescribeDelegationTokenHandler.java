package io.girok.admin;

import io.girok.base.Principal;
import io.girok.broker.ApiHandler;
import io.girok.broker.access.Access;
import io.girok.broker.access.Permissions;
import io.girok.metadata.DelegationToken;
import io.girok.metadata.MetadataImage;
import io.girok.metadata.acl.AclOperation;
import io.girok.metadata.acl.AclResource;
import io.girok.security.sasl.DelegationTokens;
import io.girok.wire.Request;
import io.girok.wire.Responder;
import java.util.Comparator;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData.DescribedDelegationToken;
import org.apache.kafka.common.message.DescribeDelegationTokenResponseData.DescribedDelegationTokenRenewer;
import org.apache.kafka.common.protocol.Errors;

/// DescribeDelegationToken, versions 1 to 3 (KIP-48, KIP-373): the tokens that the sender may see, with what their
/// bearers are known by. Thread-safe.
final class DescribeDelegationTokenHandler implements ApiHandler {
    private static final short FIRST_WITH_REQUESTER = 3;

    private final Supplier<MetadataImage> images;
    private final DelegationTokens tokens;
    private final Access access;

    DescribeDelegationTokenHandler(Supplier<MetadataImage> images, DelegationTokens tokens, Access access) {
        this.images = images;
        this.tokens = tokens;
        this.access = access;
    }

    @Override
    public void handle(Request request, Responder responder) {
        Errors closed = TokenHandlers.closed(request, tokens);
        DescribeDelegationTokenResponseData answer = new DescribeDelegationTokenResponseData()
                .setErrorCode(closed.code());
        if (closed == Errors.NONE) {
            Predicate<DelegationToken> isWanted = wanted((DescribeDelegationTokenRequestData) request.body());
            Principal sender = request.connection().principal();
            Permissions permissions = access.of(request);
            answer.setTokens(images.get()
                    .tokens()
                    .values()
                    .stream()
                    .filter(token -> isWanted.test(token) && maySee(sender, permissions, token))
                    .sorted(Comparator.comparing(DelegationToken::id))
                    .map(token -> described(token, request.version()))
                    .toList());
        }
        responder.respond(answer);
    }

    /// No list of owners stands for all, an empty one for nobody.
    private static Predicate<DelegationToken> wanted(DescribeDelegationTokenRequestData body) {
        if (body.owners() == null) {
            return token -> true;
        }
        Set<Principal> owners = body.owners()
                .stream()
                .filter(owner -> !owner.principalName().isEmpty())
                .map(owner -> new Principal(owner.principalType(), owner.principalName()))
                .collect(Collectors.toSet());
        return token -> token.parties().anyMatch(owners::contains);
    }

    private static boolean maySee(Principal sender, Permissions permissions, DelegationToken token) {
        return token.concerns(sender)
                || permissions.mayQuietly(AclOperation.DESCRIBE, AclResource.DELEGATION_TOKEN, token.id())
                || permissions.mayQuietly(AclOperation.DESCRIBE_TOKENS, AclResource.USER, token.owner().toString());
    }

    private DescribedDelegationToken described(DelegationToken token, short version) {
        DescribedDelegationToken described = new DescribedDelegationToken().setTokenId(token.id())
                .setPrincipalType(token.owner().type())
                .setPrincipalName(token.owner().name())
                .setIssueTimestamp(token.issuedMs())
                .setExpiryTimestamp(token.expiresMs())
                .setMaxTimestamp(token.maxMs())
                .setHmac(tokens.hmac(token.id()))
                .setRenewers(token.renewers()
                        .stream()
                        .map(each -> new DescribedDelegationTokenRenewer().setPrincipalType(each.type())
                                .setPrincipalName(each.name()))
                        .toList());
        return version < FIRST_WITH_REQUESTER
                ? described
                : described.setTokenRequesterPrincipalType(token.requester().type())
                        .setTokenRequesterPrincipalName(token.requester().name());
    }
}
