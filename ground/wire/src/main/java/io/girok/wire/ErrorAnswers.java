package io.girok.wire;

import java.util.Collections;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsResponseData.DeleteAclsFilterResult;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;

/// Answers that say that nothing came of a request, and what answers say of errors. Stateless.
public final class ErrorAnswers {
    private ErrorAnswers() {}

    /// The API's own way of saying `error` of all that was asked.
    public static ApiMessage of(Request request, Errors error) {
        // The protocol library does not take requests about ACLs with numbers that it does not know.
        return switch (request.body()) {
            case DescribeAclsRequestData _ ->
                new DescribeAclsResponseData().setErrorCode(error.code()).setErrorMessage(error.message());
            case CreateAclsRequestData create -> new CreateAclsResponseData().setResults(Collections.nCopies(
                    create.creations().size(),
                    new AclCreationResult().setErrorCode(error.code()).setErrorMessage(error.message())));
            case DeleteAclsRequestData delete -> new DeleteAclsResponseData().setFilterResults(Collections.nCopies(
                    delete.filters().size(),
                    new DeleteAclsFilterResult().setErrorCode(error.code()).setErrorMessage(error.message())));
            default -> parsed(request, error);
        };
    }

    /// Whether the answer says `error` of all that was asked, or of some of it.
    public static boolean says(Errors error, Request request, ApiMessage answer) {
        ByteBufferAccessor body = new ByteBufferAccessor(
                MessageUtil.toByteBufferAccessor(answer, request.version()).buffer());
        try {
            return AbstractResponse.parseResponse(request.api(), body, request.version())
                    .errorCounts()
                    .containsKey(error);
        } catch (RuntimeException e) {
            // As above: it does not take everything.
            return false;
        }
    }

    private static ApiMessage parsed(Request request, Errors error) {
        ByteBufferAccessor body = new ByteBufferAccessor(
                MessageUtil.toByteBufferAccessor(request.body(), request.version()).buffer());
        return AbstractRequest.parseRequest(request.api(), request.version(), body).request
                .getErrorResponse(0, error.exception())
                .data();
    }
}
