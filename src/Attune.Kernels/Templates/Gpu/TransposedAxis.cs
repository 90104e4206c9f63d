using System.Collections.Immutable;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// Rows, or columns, of a transposed convolution as the lanes of a group compute them. The output y, counted from where the kernel first reaches (u = y +
/// padding), meets the inputs u / stride - j for j = 0, 1, ... and each of them with the tap u % stride + j stride: the remainder is the phase of the output.
/// No zero is put between inputs, and none is multiplied with, but where a kernel ends amid a stride and phases are not known in advance.
/// </summary>
/// <param name="Split">Outputs: groups, virtual lanes, lanes, outputs of a lane.</param>
/// <param name="Stride">Outputs from one input to the next.</param>
/// <param name="Kernel">Taps.</param>
/// <param name="Padding">Outputs that are cut off before the first.</param>
internal sealed record TransposedAxis(ImmutableArray<int> Split, int Stride, int Kernel, int Padding)
{
    /// <summary>Outputs of a group.</summary>
    public int Tile => TiledPlan.Tile(Split);

    /// <summary>Inputs that an output meets, the last perhaps only in some phases.</summary>
    public int Meetings => ((Kernel - 1) / Stride) + 1;

    /// <summary>True when the first output of every group has the same phase.</summary>
    public bool StartsAlike => Split[0] == 1 || Tile % Stride == 0;

    /// <summary>True when a program knows the phases of a lane's outputs as it is written: they are the same for all lanes.</summary>
    public bool KnowsPhases => StartsAlike && (Split[2] == 1 || Split[3] % Stride == 0);

    /// <summary>Phase of a group's first output, where it is the same for all groups.</summary>
    public int Start => Padding % Stride;

    /// <summary>Inputs that a group holds at a time.</summary>
    public int Inputs => ((Tile - 1 + (StartsAlike ? Start : Stride - 1)) / Stride) + Meetings;

    /// <summary>Outputs of a lane, each as its distance from the lane's first.</summary>
    public IEnumerable<int> Outputs =>
        from v in Enumerable.Range(0, Split[1])
        from i in Enumerable.Range(0, Split[3])
        select (v * Split[2] * Split[3]) + i;

    /// <summary>Outputs of a lane whose inputs are the same have the same number here.</summary>
    public int InputOf(int output) => KnowsPhases ? (output + Start) / Stride : output;

    /// <summary>Outputs of a lane whose taps are the same have the same number here: their phase, or else what it is more than that of the first.</summary>
    public int PhaseOf(int output) => KnowsPhases ? (output + Start) % Stride : output % Stride;

    /// <summary>True when outputs of a phase meet the input of a number; what is not known counts as met, with a weight of zero.</summary>
    public bool Meets(int phase, bool isLast) => !isLast || !KnowsPhases || phase + ((Meetings - 1) * Stride) < Kernel;

    /// <summary>Pairs of an output of a lane and an input that it meets.</summary>
    public int Products => Outputs.Sum(output => Meetings - (Meets(PhaseOf(output), isLast: true) ? 0 : 1));
}
