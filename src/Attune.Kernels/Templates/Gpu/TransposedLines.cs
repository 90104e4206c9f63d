using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>Where the lanes of a program find the rows, or columns, of a transposed convolution: in the output, the input and the weights.</summary>
internal sealed class TransposedLines
{
    private readonly TransposedAxis axis;
    private readonly LoopVariable group;
    private readonly LoopVariable lane;
    private readonly ImmutableArray<int> inputs;
    private readonly ImmutableArray<int> phases;
    private readonly ImmutableArray<Statement>.Builder lets = ImmutableArray.CreateBuilder<Statement>();
    private readonly Dictionary<int, (LoopVariable Input, LoopVariable Phase)> unknown = [];

    /// <summary>Places for a group and a lane.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="group">Number of the group along it.</param>
    /// <param name="lane">Number of the lane along it.</param>
    public TransposedLines(TransposedAxis axis, LoopVariable group, LoopVariable lane)
    {
        (this.axis, this.group, this.lane) = (axis, group, lane);
        Outputs = [.. axis.Outputs];
        inputs = [.. Outputs.Select(axis.InputOf).Distinct()];
        phases = [.. Outputs.Select(axis.PhaseOf).Distinct()];
        (First, Index start) = FirstInput();
        if (!axis.KnowsPhases)
        {
            foreach (int phase in phases)
            {
                var (input, rest) = (new LoopVariable($"{group}q{phase}"), new LoopVariable($"{group}p{phase}"));
                Index place = start + ((Index)lane * axis.Split[3]) + phase;
                lets.Add(new Let(input, IndexOperation.Divide, place, axis.Stride));
                lets.Add(new Let(rest, IndexOperation.Remainder, place, axis.Stride));
                unknown.Add(phase, (input, rest));
            }
        }
    }

    /// <summary>What must stand before anything that uses the places.</summary>
    public ImmutableArray<Statement> Lets => lets.ToImmutable();

    /// <summary>First input of the group, counted in the image.</summary>
    public Index First { get; }

    /// <summary>Outputs of a lane, each as its distance from the lane's first.</summary>
    public ImmutableArray<int> Outputs { get; }

    /// <summary>Different inputs that the outputs of a lane meet at a time.</summary>
    public int InputCount => inputs.Length;

    /// <summary>Different taps that the outputs of a lane meet at a time.</summary>
    public int PhaseCount => phases.Length;

    /// <summary>Which of the different inputs and taps belong to an output.</summary>
    public (int Input, int Phase) Of(int output) => (inputs.IndexOf(axis.InputOf(output)), phases.IndexOf(axis.PhaseOf(output)));

    /// <summary>True when outputs with one of the different taps meet the input of a number.</summary>
    public bool Meets(int phase, bool isLast) => axis.Meets(phases[phase], isLast);

    /// <summary>An output, counted in the image.</summary>
    public Index Output(int output) => ((Index)group * axis.Tile) + ((Index)lane * axis.Split[3]) + output;

    /// <summary>One of the different inputs, counted from the group's first; less by the number of the meeting.</summary>
    public Index Input(int number)
    {
        int input = inputs[number];
        return axis.KnowsPhases
            ? ((Index)lane * (axis.Split[3] / axis.Stride)) + (input + axis.Meetings - 1)
            : (Index)unknown[input % axis.Stride].Input + ((input / axis.Stride) + axis.Meetings - 1);
    }

    /// <summary>One of the different taps, counted from the first of its stride.</summary>
    public Index Phase(int number) => axis.KnowsPhases ? phases[number] : unknown[phases[number]].Phase;

    // The input that a group's first output meets last, and the phase of that output.
    private (Index First, Index Start) FirstInput()
    {
        if (axis.StartsAlike)
        {
            Index whole = axis.Split[0] == 1 ? Index.Zero : (Index)group * (axis.Tile / axis.Stride);
            return (whole + ((axis.Padding / axis.Stride) - (axis.Meetings - 1)), axis.Start);
        }

        var (first, start) = (new LoopVariable($"{group}q"), new LoopVariable($"{group}p"));
        Index place = ((Index)group * axis.Tile) + axis.Padding;
        lets.Add(new Let(first, IndexOperation.Divide, place, axis.Stride));
        lets.Add(new Let(start, IndexOperation.Remainder, place, axis.Stride));
        return ((Index)first - (axis.Meetings - 1), start);
    }
}
