using System.Collections.Immutable;
using Attune.Kernels.Loops;
using Attune.Kernels.Templates.Gpu.Staged;
using static Attune.Kernels.Templates.KernelBuffers;
using Buffer = Attune.Kernels.Loops.Buffer;
using Index = Attune.Kernels.Loops.Index;

namespace Attune.Kernels.Templates.Gpu;

/// <summary>
/// A matrix product of few rows: the lanes of a group share the inputs of a few sums, side by side, and add up what each has in the group's memory, half of the
/// lanes to the other half, again and again. Weights are read once, next to each other.
/// </summary>
internal sealed class DenseProgram
{
    private readonly ConvolutionWorkload w;
    private readonly DensePlan plan;
    private readonly KernelSignature binding;
    private readonly GpuOutput output;
    private readonly GpuWeights weights;
    private readonly Buffer memory;
    private readonly RegisterTile sums;
    private readonly RegisterTile factors;
    private readonly RegisterTile inputs;
    private readonly RegisterTile total = new("total", 1);
    private readonly StagedAxis outputs;
    private readonly StagedAxis rows;
    private readonly LoopVariable bx = new("bx");
    private readonly LoopVariable by = new("by");
    private readonly LoopVariable lane = new("tx");

    private DenseProgram(ConvolutionWorkload w, DensePlan plan, KernelSignature binding)
    {
        (this.w, this.plan, this.binding) = (w, plan, binding);
        output = new GpuOutput(binding);
        weights = new GpuWeights(w);
        memory = new Buffer("parts", -1) { Scope = MemoryScope.Group, Extent = checked((int)plan.MemoryFloats) };
        sums = new RegisterTile("acc", plan.Outputs, plan.Rows);
        factors = new RegisterTile("b", plan.Outputs, plan.Width);
        inputs = new RegisterTile("a", plan.Rows, plan.Width);
        outputs = new StagedAxis(new LaneSplit(1, 1, plan.Outputs), (Index)bx * plan.Outputs, w.OutChannels);
        rows = new StagedAxis(new LaneSplit(1, 1, plan.Rows), (Index)by * plan.Rows, w.OutWidth);
    }

    /// <summary>The program of a plan.</summary>
    public static LoopProgram Build(ConvolutionWorkload w, DensePlan plan, KernelSignature binding) => new DenseProgram(w, plan, binding).Program();

    private LoopProgram Program()
    {
        var lanes = new Loop(lane, 0, plan.Lanes, 1, LoopKind.Lane, [.. Summed(), .. Joined(), .. Ended()]);
        var across = new Loop(bx, 0, plan.OutputGroups, 1, LoopKind.Group, [lanes]);
        var grid = new Loop(by, 0, plan.RowGroups, 1, LoopKind.Group, [across], 1);
        return new LoopProgram(w.Key, 1, [X, .. weights.Buffers, Bias, Residual, Y], new LoopVariable("begin"), new LoopVariable("end"), [grid])
        {
            GroupMemory = [memory],
        };
    }

    private ImmutableArray<Statement> Summed()
    {
        var step = new LoopVariable("step");
        Index depth = (((Index)step * plan.Lanes) + lane) * plan.Width;
        bool hasFours = binding.Input.Block == 1 && Four.Divides(binding.Input.Origin, binding.Input.Pixel);
        AddressPart[] heads = [.. Enumerable.Range(0, plan.Outputs).Select(o => outputs.Readable(o).Then(channel => channel * w.InChannels))];
        AddressPart[] lines = [.. Enumerable.Range(0, plan.Rows).Select(r => rows.Readable(r).Then(row => GpuOutput.Place(binding.Input, 0, 0, 0, row)))];
        ImmutableArray<Statement> body =
        [
            .. heads.SelectMany((head, o) => Loads(factors, o, weights.Elements, head.Offset + depth, 1, hasFours: !weights.IsNarrow, weights.Factor)),
            .. lines.SelectMany((line, r) => Loads(inputs, r, X, line.Offset + (depth * binding.Input.Block), binding.Input.Block, hasFours)),
            .. Enumerable.Range(0, plan.Width).SelectMany(number => ForSums((o, r) => [new Assign(
                sums, [o, r], new MultiplyAdd(new Read(inputs, [r, number]), new Read(factors, [o, number]), new Read(sums, [o, r])))])),
        ];
        return
        [
            .. heads.SelectMany(head => head.Bindings),
            .. lines.SelectMany(line => line.Bindings),
            .. ForSums((o, r) => [new Assign(sums, [o, r], new Constant(0))]),
            new Loop(step, 0, plan.Steps / plan.Width, 1, LoopKind.Serial, body),
        ];
    }

    private IEnumerable<Statement> Loads(RegisterTile tile, int each, Buffer from, Index at, long step, bool hasFours, float factor = 1) =>
        plan.Width == Four.Width && hasFours
            ? [new LoadFour(tile, [each, 0], from, at)]
            : Enumerable.Range(0, plan.Width).Select(
                number => new Assign(tile, [each, number], GpuWeights.Scaled(new Load(from, at + (number * step)), factor)));

    private ImmutableArray<Statement> Joined()
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        body.AddRange(ForSums((o, r) => [new Store(memory, Part((o * plan.Rows) + r, lane), new Read(sums, [o, r]))]));
        body.Add(new GroupBarrier());
        for (int count = plan.Lanes; count > 1; count = (count + 1) / 2)
        {
            int half = (count + 1) / 2;
            var sum = new LoopVariable("e");
            var added = new Binary(BinaryOperation.Add, new Load(memory, Part(sum, lane)), new Load(memory, Part(sum, (Index)lane + half)));
            Statement all = new Loop(sum, 0, plan.Sums, 1, LoopKind.Serial, [new Store(memory, Part(sum, lane), added)]);
            body.Add(new When(lane, Comparison.Less, count - half, [all], []));
            body.Add(new GroupBarrier());
        }

        return body.ToImmutable();
    }

    private ImmutableArray<Statement> Ended()
    {
        var (round, of, row) = (new LoopVariable("i"), new LoopVariable("o"), new LoopVariable("r"));
        int rounds = (plan.Sums + plan.Lanes - 1) / plan.Lanes;
        Index sum = ((Index)round * plan.Lanes) + lane;
        Index channel = outputs.Origin + of;
        ImmutableArray<Statement> end =
        [
            new Assign(total, [0], new Load(memory, Part(sum, 0))),
            .. weights.Scale(total, [0], channel),
            .. output.AddBias(total, [0], channel),
            .. output.Store(total, [0], 0, channel, 0, rows.Origin + row),
        ];
        ImmutableArray<Statement> body =
        [
            new Let(of, IndexOperation.Divide, sum, plan.Rows),
            new Let(row, IndexOperation.Remainder, sum, plan.Rows),
            .. outputs.Inside(of, rows.Inside(row, end)),
        ];
        body = plan.Sums % plan.Lanes == 0 ? body : [new When(sum, Comparison.Less, plan.Sums, body, [])];
        return [new Loop(round, 0, rounds, 1, LoopKind.Serial, body)];
    }

    private Index Part(Index sum, Index of) => (sum * plan.Lanes) + of;

    private ImmutableArray<Statement> ForSums(Func<int, int, ImmutableArray<Statement>> make) =>
    [
        .. from o in Enumerable.Range(0, plan.Outputs)
           from r in Enumerable.Range(0, plan.Rows)
           from statement in make(o, r)
           select statement,
    ];
}
