using Attune.Compile.Weights;
using Attune.Design.Local;
using Attune.Design.Search;
using Attune.Design.Units;
using Attune.Devices;
using Attune.Graph;
using Attune.Kernels.Backends;
using Attune.Tuning.Session;

namespace Attune.Design.Flow;

/// <summary>
/// Finds the best member of a family within limits on this machine: predicted, measured, written as an ONNX file, then tuned. Use an instance once; nothing
/// else should run meanwhile.
/// </summary>
/// <param name="workspace">The family and its store.</param>
/// <param name="measurer">The target.</param>
/// <param name="device">How designs run there.</param>
/// <param name="value">What is to be large.</param>
/// <param name="options">Limits, effort and files.</param>
public sealed class OptimiseSession(DesignWorkspace workspace, IDesignMeasurer measurer, LocalDevice device, ValueModel value, OptimiseOptions options)
{
    /// <summary>Searches, measures, writes and tunes.</summary>
    /// <param name="progress">Told what happens, on the thread that works; null for none.</param>
    /// <param name="cancellation">Stops early; what was measured is in the store.</param>
    /// <exception cref="OperationCanceledException">It was cancelled before there was an answer.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public async Task<Result<OptimiseResult, DesignError>> RunAsync(IProgress<TuneEvent>? progress = null, CancellationToken cancellation = default)
    {
        Result<Result<OptimiseResult, DesignError>, DesignError> done = await workspace.MeasuringAsync(() => SearchAsync(progress, cancellation));
        return done.Succeeded ? done.Value : done.Error;
    }

    private async Task<Result<OptimiseResult, DesignError>> SearchAsync(IProgress<TuneEvent>? progress, CancellationToken cancellation)
    {
        OptimiseQuestion question = options.Question;
        EvolutionOptions evolution = options.Evolution with { Seed = question.Seed };
        OptimiseAnswer answer;
        try
        {
            answer = await new BudgetOptimiser(workspace.Session, measurer, value)
                .RunAsync(question, evolution, (what, done, all) => progress?.Report(new DesignMeasured(what, done, all)), cancellation);
        }
        catch (InvalidOperationException untrainable) when (question.Neural is not null)
        {
            return new OptimiserUntrainable(untrainable.Message);
        }

        if (answer.Best is not { } best)
        {
            return new NoDesignFits(answer);
        }

        MeasuredFront? front = options.IncludeFront
            ? await new FrontBuilder(workspace.Session, measurer, value, workspace.Options.Clock)
                .RunAsync(question.Candidates, evolution, (done, all) => progress?.Report(new FrontMeasured(done, all)), cancellation)
            : null;
        var found = new OptimiseResult(answer, best, front, null, null);
        Result<BuiltDesign, string> built = await workspace.Session.Networks.BuildAsync(best.Point, device.Batch, cancellation);
        if (!built.Succeeded)
        {
            return new AnswerUnbuildable(built.Error);
        }

        OnnxWriter.Write(built.Value.Source, options.Output);
        return options.Tune is { } tune && !cancellation.IsCancellationRequested ? await TuneAsync(found, built.Value, tune, progress, cancellation) : found;
    }

    private async Task<Result<OptimiseResult, DesignError>> TuneAsync(
        OptimiseResult found, BuiltDesign built, TuneOptions tune, IProgress<TuneEvent>? progress, CancellationToken cancellation)
    {
        Result<DeviceProfile, DesignError> profile = device.Find();
        if (!profile.Succeeded)
        {
            return profile.Error;
        }

        string tuned = Path.ChangeExtension(options.Output, ".attune");
        var plan = new TunePlan(built.Source, WeightNarrowing.Apply(built.Fused, built.FormatOf), tune with
        {
            Device = profile.Value,
            Threads = device.Threads,
            Records = workspace.Options.Records,
            Source = Path.GetFullPath(options.Output),
            Output = tuned,
        });
        var session = new TuneSession(plan, workspace.Options.Clock);
        progress?.Report(new AnswerTuneStarted(session));
        Result<TuneOutcome, TuneError> result = await session.RunAsync(progress, cancellation);
        return result.Succeeded ? found with { Tuned = tuned, Outcome = result.Value } : new AnswerUntuned(result.Error, plan);
    }
}
