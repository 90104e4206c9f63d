using Attune.Cli.Output;
using Attune.Cli.Tune;
using Attune.Cohort.Session;
using Attune.Tuning.Session;

namespace Attune.Cli.CohortRun;

/// <summary>Tells what profiling a model is doing; what the search of kernels does is told as a tune tells it.</summary>
/// <param name="line">Where to.</param>
internal sealed class ProfileProgress(ProgressLine line) : IProgress<TuneEvent>
{
    private TuneProgress? search;

    /// <inheritdoc/>
    public void Report(TuneEvent value)
    {
        switch (value)
        {
            case FormsMade made:
                line.Announce($"forms    {Units.Counted(made.Forms, "form")} of {Units.Counted(made.Layers, "layer")}");
                break;
            case FormSearchStarted started:
                line.Announce($"tune     kernels of {Units.Counted(started.Tasks, "task")}, {Units.Duration(started.Budget)}");
                search = new TuneProgress(line, "forms", started.Tasks);
                break;
            case FormsAdvanced { Text: var text }:
                line.Report($"forms    {text}");
                break;
            case ProfileAdvanced { Text: var text }:
                line.Report(text);
                break;
            default:
                search?.Report(value);
                break;
        }
    }
}
