namespace Attune.Compile.Quantisation.Equalisation;

/// <summary>What making the ranges of channels alike did to a network on bytes, measured on calibration samples.</summary>
/// <param name="Pairs">Pairs of layers between which channels were scaled.</param>
/// <param name="ErrorBefore">The largest relative error of an output with the layers as they were.</param>
/// <param name="ErrorAfter">The same with equalised layers.</param>
public sealed record EqualisationReport(int Pairs, double ErrorBefore, double ErrorAfter)
{
    /// <summary>True where the equalised layers were taken, because their error is smaller.</summary>
    public bool IsKept => ErrorAfter < ErrorBefore;
}
