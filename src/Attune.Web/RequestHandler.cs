using System.Collections.Immutable;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Attune.Cohort.Live;
using Attune.Cohort.Plans;
using Attune.Devices;
using Microsoft.AspNetCore.Http;

namespace Attune.Web;

/// <summary>
/// Answers requests: <c>GET /state</c>, <c>PUT /plan</c>, and <c>GET /metrics</c> through the exporter. One for each connection. A defect of ours is an
/// answer with
/// status 500 and a count, never the end of the run. Thread-safe.
/// </summary>
/// <param name="cohort">The cohort; must outlive this.</param>
/// <param name="plan">Its plan, which requests change.</param>
/// <param name="address">Where the endpoint listens.</param>
/// <param name="options">How long a body and a turn may take.</param>
/// <param name="connections">Marks connections whose requests are worked on.</param>
/// <param name="notices">Told what requests changed, and what failed.</param>
internal sealed class RequestHandler(
    RunningCohort cohort,
    LivePlan plan,
    IPEndPoint address,
    EndpointOptions options,
    ConnectionTable connections,
    Notices notices) : IDisposable
{
    /// <summary>Path of the metrics.</summary>
    public const string Metrics = "/metrics";

    // Requests take a lock of the cohort: more of them at once would only wait for it.
    private const int MaxAnswers = 4;
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly ImmutableSortedDictionary<string, string> Methods =
        new Dictionary<string, string> { ["/state"] = "GET", ["/plan"] = "PUT", [Metrics] = "GET" }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private readonly SemaphoreSlim room = new(MaxAnswers);
    private long answered;
    private long failed;

    /// <summary>Requests that were answered.</summary>
    public long Answered => Interlocked.Read(ref answered);

    /// <summary>Requests that failed inside.</summary>
    public long Failed => Interlocked.Read(ref failed);

    /// <summary>Answers a request; never throws for what a client sends.</summary>
    /// <param name="context">The request.</param>
    /// <param name="metrics">Answers requests for metrics.</param>
    public async Task HandleAsync(HttpContext context, RequestDelegate metrics)
    {
        context.Response.Headers.Connection = "close";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            await AnswerAsync(context, metrics).ConfigureAwait(false);
        }
        catch (BadHttpRequestException wrong)
        {
            await ErrorAsync(context, wrong.StatusCode, wrong.Message).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The client went away, was let go for others, or the endpoint ends; there is nobody to answer.
            context.Abort();
        }
        catch (Exception defect)
        {
            Interlocked.Increment(ref failed);
            notices.Tell($"a request failed inside: {defect.GetType().Name}: {defect.Message}");
            await ErrorAsync(context, StatusCodes.Status500InternalServerError, "This request failed inside; the run goes on.").ConfigureAwait(false);
        }
    }

    /// <summary>Waits for answers that are being made; none is made after that.</summary>
    public void Close()
    {
        for (int answer = 0; answer < MaxAnswers; answer++)
        {
            room.Wait(options.Patience);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => room.Dispose();

    private async Task AnswerAsync(HttpContext context, RequestDelegate metrics)
    {
        string path = context.Request.Path.Value ?? string.Empty;
        string? host = context.Request.Host.HasValue ? context.Request.Host.Value : null;
        if (!ListenAddress.Serves(address.Address, host))
        {
            await ErrorAsync(context, StatusCodes.Status403Forbidden, $"This is {address}, not '{host}'.").ConfigureAwait(false);
            return;
        }

        if (!Methods.TryGetValue(path, out string? method))
        {
            string known = string.Join(", ", Methods.Select(each => $"{each.Value} {each.Key}"));
            await ErrorAsync(context, StatusCodes.Status404NotFound, $"There is no {path}; there are {known}.").ConfigureAwait(false);
            return;
        }

        if (context.Request.Method != method)
        {
            context.Response.Headers.Allow = method;
            await ErrorAsync(context, StatusCodes.Status405MethodNotAllowed, $"{path} takes {method} only.").ConfigureAwait(false);
            return;
        }

        byte[]? body = await BodyAsync(context).ConfigureAwait(false);
        if (body is null)
        {
            string late = $"The body of the request did not come within {options.Patience.TotalSeconds:0.#} s.";
            await ErrorAsync(context, StatusCodes.Status408RequestTimeout, late).ConfigureAwait(false);
        }
        else if (!await room.WaitAsync(options.Patience, context.RequestAborted).ConfigureAwait(false))
        {
            await ErrorAsync(context, StatusCodes.Status503ServiceUnavailable, "Too many requests are being answered already.").ConfigureAwait(false);
        }
        else
        {
            await WorkAsync(context, path, body, metrics).ConfigureAwait(false);
        }
    }

    /// <summary>Answers with a place in the room, which it gives back before it sends.</summary>
    private async Task WorkAsync(HttpContext context, string path, byte[] body, RequestDelegate metrics)
    {
        Connection? connection = context.Features.Get<Connection>();
        connections.Mark(connection, isWorkedOn: true);
        (int Status, object Document)? answer;
        try
        {
            if (path == Metrics)
            {
                Interlocked.Increment(ref answered);
                await metrics(context).ConfigureAwait(false);
            }

            answer = path switch
            {
                Metrics => null,
                "/state" => (StatusCodes.Status200OK, StateDocument.Of(cohort, plan)),
                _ => Change(body),
            };
        }
        finally
        {
            connections.Mark(connection, isWorkedOn: false);
            room.Release();
        }

        if (answer is { } made)
        {
            await SendAsync(context, made.Status, made.Document).ConfigureAwait(false);
        }
    }

    private (int Status, object Document) Change(ReadOnlyMemory<byte> body)
    {
        PlanChange change = plan.Take(current => PlanPatch.Parse(body, current));
        if (!change.Problems.IsEmpty)
        {
            string error = change.NeedsStart ? "The plan stays as it is: this needs a new start." : "The plan stays as it is: this cannot be used.";
            return (StatusCodes.Status422UnprocessableEntity, new { Error = error, Problems = change.Problems.Select(problem => problem.Sentence) });
        }

        foreach (string taken in change.Taken)
        {
            notices.Tell(taken);
        }

        return (StatusCodes.Status200OK, new { change.Taken });
    }

    /// <summary>The whole body; null when it does not come in time, however many letters of it do.</summary>
    private async Task<byte[]?> BodyAsync(HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(options.Patience);
        using var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, limit.Token).ConfigureAwait(false);
            return body.ToArray();
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }
    }

    private Task ErrorAsync(HttpContext context, int status, string message) => SendAsync(context, status, new { Error = message });

    private async Task SendAsync(HttpContext context, int status, object document)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        byte[] body = [.. JsonSerializer.SerializeToUtf8Bytes(document, Json), (byte)'\n'];
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        Interlocked.Increment(ref answered);
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
