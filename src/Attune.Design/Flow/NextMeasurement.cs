using Attune.Design.Spaces;

namespace Attune.Design.Flow;

/// <summary>The design whose measurement would say most about a target: the one about which two predictions that err differently disagree most.</summary>
/// <param name="Point">The design.</param>
/// <param name="StackedMs">What the stack of known devices predicts, milliseconds.</param>
/// <param name="SharedMs">What the process over what the devices share predicts, milliseconds.</param>
/// <param name="Among">Designs that were compared.</param>
public sealed record NextMeasurement(SpacePoint Point, double StackedMs, double SharedMs, int Among)
{
    /// <summary>How far the two are apart, as a share of the larger one.</summary>
    public double Disagreement => Math.Abs(StackedMs - SharedMs) / Math.Max(1e-12, Math.Max(Math.Abs(StackedMs), Math.Abs(SharedMs)));
}
