using System.Collections.Immutable;
using Attune.Design.Data;
using Attune.Experiments.Search;
using Attune.Records.Lines;

namespace Attune.Experiments.OneProxy;

/// <summary>
/// Computes every table of the experiment in a folder: tables.jsonl keeps each part as soon as it is done, under a key of data and scale, so that the same
/// command goes on where it stopped.
/// </summary>
public sealed class OneProxySession : IDisposable
{
    private const int PredictorMembers = 3;

    // Goes up with every change that makes kept tables wrong.
    private const int Version = 2;
    private readonly OneProxyOptions options;
    private readonly TimeProvider clock;
    private readonly Action<string> report;
    private readonly KeyedLog<Part> kept;

    /// <summary>Opens the folder.</summary>
    /// <param name="folder">Where state is kept; made when missing.</param>
    /// <param name="options">Data and scale; checked here.</param>
    /// <param name="clock">Time of queries.</param>
    /// <param name="report">Told how far things are.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">The folder cannot be used, or another experiment is running in it.</exception>
    public OneProxySession(string folder, OneProxyOptions options, TimeProvider clock, Action<string> report)
    {
        ImmutableArray<string> problems = options.Problems();
        if (!problems.IsEmpty)
        {
            throw new ArgumentException($"The experiment cannot run: {string.Join("; ", problems)}.", nameof(options));
        }

        this.options = options;
        this.clock = clock;
        this.report = report;
        kept = TraceFile.Open<Part>(Path.Combine(folder, "tables.jsonl"));
    }

    /// <summary>Computes what is missing.</summary>
    /// <param name="cancellation">Stops between parts; what ended is kept.</param>
    /// <exception cref="DesignDataException">The data are missing or malformed.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public OneProxyResults Run(CancellationToken cancellation)
    {
        report($"reading {options.Data}");
        OneProxyData data = OneProxyData.Read(options.Data);
        ScalableSetting? setting = null;
        var parts = new List<(string Name, string Scale, Func<ImmutableArray<OneProxyTable>> Make)>
        {
            ("matrix", string.Empty, () => MatrixPart.Of(data)),
            ("sample", $"{options.Seeds}", () => SamplePart.Of(data, options.Seeds)),
            ("budget", string.Empty, () => BudgetPart.Of(data, cancellation)),
            ("adaptation", $"{options.Seeds}", () => AdaptationPart.Of(data, options.Seeds, report, cancellation)),
            ("fleet", $"{options.Seeds}", () => FleetPart.Of(data, options.Seeds, report, cancellation)),
            ("regret", $"{options.Seeds}", () => RegretPart.Of(data, options.Seeds, cancellation)),
            ("codesign", string.Empty, () => CodesignPart.Of(data)),
        };
        if (options.NetworkSteps > 0 && options.HeldOut > 0)
        {
            parts.Add(("held-out", $"{options.NetworkSteps}|{options.HeldOut}", () => HeldOutPart.Of(
                data, options.HeldOut, options.NetworkSteps, report, cancellation)));
        }

        if (options.NetworkSteps > 0 && ScalableSetting.Fits(data.Full))
        {
            parts.Add(("scalable", $"{options.NetworkSteps}", () => ScalablePart.Of(Setting())));
            parts.Add(("optimizer", $"{options.NetworkSteps}", () => new OptimizerPart(Setting(), options.NetworkSteps, clock).Run(report, cancellation)));
        }

        var tables = ImmutableArray.CreateBuilder<OneProxyTable>();
        int resumed = 0;
        foreach ((string name, string scale, Func<ImmutableArray<OneProxyTable>> make) in parts)
        {
            cancellation.ThrowIfCancellationRequested();
            string key = $"{Version}|{name}|{scale}|{data.Signature}";
            if (kept.Find(key) is { } known)
            {
                resumed++;
                tables.AddRange(known.Tables);
                continue;
            }

            report($"part {name}");
            var part = new Part(make());
            kept.Add(key, part);
            tables.AddRange(part.Tables);
        }

        return new OneProxyResults(options.Scale, tables.ToImmutable(), data.Small.Warnings, resumed);

        ScalableSetting Setting()
        {
            report("scalable predictor: training");
            return setting ??= new ScalableSetting(data.Full!, options.NetworkSteps, PredictorMembers);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => kept.Dispose();

    private sealed record Part(ImmutableArray<OneProxyTable> Tables);
}
