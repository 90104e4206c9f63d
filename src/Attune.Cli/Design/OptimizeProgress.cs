using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Design.Flow;
using Attune.Tuning.Session;

namespace Attune.Cli.Design;

/// <summary>Tells what a search for the best design is doing; what tuning the answer does is told as a tune tells it.</summary>
/// <param name="line">Where to.</param>
/// <param name="name">Name of the answer.</param>
internal sealed class OptimizeProgress(ProgressLine line, string name) : IProgress<TuneEvent>
{
    private TuneProgress? tune;

    /// <inheritdoc/>
    public void Report(TuneEvent value)
    {
        switch (value)
        {
            case DesignMeasured measured:
                line.Report($"design  {measured.What}: {measured.Done} of {measured.All} measured");
                break;
            case FrontMeasured front:
                line.Report($"front   {front.Done} of {front.All} designs measured");
                break;
            case AnswerTuneStarted { Session: var session }:
                line.Announce("design  tuning the answer ...");
                tune = new TuneProgress(line, name, session.Plan.Tasks.Length, () => session.TimeLeft);
                break;
            default:
                tune?.Report(value);
                break;
        }
    }
}
