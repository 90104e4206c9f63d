using Attune.Cli.Output;
using Attune.Compile.Quantisation.Session;

namespace Attune.Cli.Quantise;

/// <summary>Tells how far quantising is.</summary>
/// <param name="line">Where to.</param>
internal sealed class QuantizeProgressLine(ProgressLine line) : IProgress<QuantiseProgress>
{
    /// <inheritdoc/>
    public void Report(QuantiseProgress value) => line.Report(
        $"quantize  {(value.Left is { } left ? $"{Units.Duration(left)} left  " : string.Empty)}{value.Phase}: run {value.Done} of {value.Total}");
}
