using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Attune.Web;

/// <summary>
/// Kestrel and the exporter of metrics with the limits of an endpoint, and nothing else: no settings from files or the environment, no log, no signals.
/// </summary>
internal sealed class EndpointHost : IAsyncDisposable
{
    private const int LargestHeader = 8 << 10;
    private const int LargestBody = 64 << 10;

    // Kestrel looks once a second how fast answers are taken, so a shorter grace has no meaning.
    private const double MinBytesPerSecond = 240;
    private static readonly TimeSpan MinGrace = TimeSpan.FromSeconds(2);

    private readonly WebApplication application;
    private readonly MeterProvider metrics;

    /// <summary>Makes the host; it does not serve yet.</summary>
    /// <param name="listener">Where connections come from.</param>
    /// <param name="handler">Who answers.</param>
    /// <param name="meter">The instruments that are shown.</param>
    /// <param name="patience">Longest time for a header, and for an answer to be taken.</param>
    public EndpointHost(Listener listener, RequestHandler handler, Meter meter, TimeSpan patience)
    {
        metrics = Sdk.CreateMeterProviderBuilder()
            .AddMeter(meter.Name)
            .AddView(instrument => ReferenceEquals(instrument.Meter, meter) ? null : MetricStreamConfiguration.Drop)
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
                exporter.ScrapeResponseCacheDurationMilliseconds = 0;
            })
            .Build();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeader;
            kestrel.Limits.MaxRequestLineSize = LargestHeader;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.RequestHeadersTimeout = patience;
            kestrel.Limits.KeepAliveTimeout = patience;

            // The whole body has its time in the handler; a rate would let it take as long as it is large.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = new MinDataRate(MinBytesPerSecond, patience > MinGrace ? patience : MinGrace);
            kestrel.Listen(listener.EndPoint, endpoint => endpoint.Protocols = HttpProtocols.Http1);
        });

        // The last factory that was registered is asked first.
        builder.Services.AddSingleton<IConnectionListenerFactory>(listener);
        application = builder.Build();
        application.Use(next => context => handler.HandleAsync(context, next));
        application.UseOpenTelemetryPrometheusScrapingEndpoint(
            metrics,
            predicate: static context => context.Request.Path == RequestHandler.Metrics,
            path: null,
            configureBranchedPipeline: null,
            optionsName: null);
    }

    /// <summary>Begins to serve.</summary>
    public Task StartAsync() => application.StartAsync();

    /// <summary>Ends serving; connections that are still there after the given time are aborted.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        await application.StopAsync(limit.Token).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync().ConfigureAwait(false);
        metrics.Dispose();
    }

    /// <summary>Leaves signals to the program that the endpoint is a part of.</summary>
    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
