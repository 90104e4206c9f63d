using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Partition;
using Attune.Kernels.Targets;
using Attune.Runtime.Plan;

namespace Attune.Compile.Flow;

/// <summary>
/// Which step reads what which other step wrote, and how much of it lies in another core's cache when their threads share the work differently. Layouts do not
/// depend on configurations, so their conversions are steps of their own and no part of this. Not thread-safe.
/// </summary>
public sealed class ModelDataFlow
{
    private readonly ImmutableArray<PlannedStep> steps;
    private readonly ImmutableArray<Link> links;
    private readonly int threads;
    private readonly WorkPartition?[] ownPartitions;
    private readonly Dictionary<(int Edge, WorkPartition Partition, bool Writes), PartitionMap> maps = [];

    private ModelDataFlow(ExecutionPlan plan, int threads)
    {
        this.threads = threads;
        Target = plan.Target;
        steps = plan.Steps;
        ownPartitions = [.. steps.Select(FixedPartition)];
        links = [.. Enumerable.Range(0, steps.Length).SelectMany(LinksInto)];
        Steps = [.. steps.Select(step => new FlowStep(step.Name, step.Kind == StepKind.Convolution ? ExecutionPlan.WorkloadOf(step) : null))];
        Pairs = [.. PairsOf(plan)];
        Edges = [.. links.Select(link => new FlowEdge(link.Producer, link.Consumer, BytesOf(link.Value)))];
    }

    /// <summary>What kernels of the steps are generated for.</summary>
    public KernelTarget Target { get; }

    /// <summary>Steps in order of execution.</summary>
    public ImmutableArray<FlowStep> Steps { get; }

    /// <summary>Steps that may run as one.</summary>
    public ImmutableArray<FlowPair> Pairs { get; }

    /// <summary>Edges in order of their consumers.</summary>
    public ImmutableArray<FlowEdge> Edges { get; }

    /// <summary>Looks at a network, no steps fused that may also run separately.</summary>
    /// <param name="network">The fused network.</param>
    /// <param name="threads">Threads, 1 to 64.</param>
    /// <param name="target">What its kernels would be generated for.</param>
    public static ModelDataFlow Of(Network network, int threads, KernelTarget target) =>
        new(ExecutionPlan.Create(network, target), threads);

    /// <summary>
    /// Bytes that the busiest member must fetch from another member's cache: what it reads of the edge's value and did not write itself. 0 with one thread, and
    /// where nothing is known.
    /// </summary>
    /// <param name="edge">Position in <see cref="Edges"/>.</param>
    /// <param name="producer">Partition of the step that writes; null for a step that is not searched.</param>
    /// <param name="consumer">Partition of the step that reads; null for a step that is not searched.</param>
    public double ForeignBytes(int edge, WorkPartition? producer, WorkPartition? consumer)
    {
        Link link = links[edge];
        producer ??= ownPartitions[link.Producer];
        consumer ??= ownPartitions[link.Consumer];
        if (threads == 1
            || producer is null
            || consumer is null
            || !Fits(producer.Output, link.Value)
            || !Fits(link.IsResidual ? consumer.Output : consumer.Input, link.Read))
        {
            return 0;
        }

        PartitionMap writers = Map((edge, producer, true), () => PartitionMap.Writers(producer, GridOf(link.Value), threads));
        PartitionMap readers = Map((edge, consumer, false), () => PartitionMap.Readers(consumer, GridOf(link.Read), threads, link.IsResidual));
        return PartitionMap.ForeignShare(writers, readers, link.Shift, threads) * Edges[edge].Bytes;
    }

    private static IEnumerable<FlowPair> PairsOf(ExecutionPlan plan)
    {
        int[] positions = [.. Enumerable.Range(0, plan.Steps.Length).Where(i => plan.Steps[i].Plan is not null)];
        NodePlan[] nodes = [.. positions.Select(i => plan.Steps[i].Plan!)];
        return PairFusion.Find(plan.Network, nodes).Select(pair => new FlowPair(positions[pair.First], positions[pair.Second], pair.Workload));
    }

    private static bool Fits(ActivationGrid seen, Storage value)
    {
        ActivationGrid grid = GridOf(value);
        return seen.Blocks == grid.Blocks && seen.Rows * seen.Columns == grid.Rows * grid.Columns;
    }

    private static ActivationGrid GridOf(Storage storage)
    {
        Extent e = storage.Extent;
        return new ActivationGrid(e.Images * ((e.Channels + storage.Lanes - 1) / storage.Lanes), e.Rows, e.Columns);
    }

    private static long BytesOf(Storage storage)
    {
        ActivationGrid grid = GridOf(storage);
        return (long)sizeof(float) * grid.Blocks * storage.Lanes * grid.Rows * grid.Columns / storage.PerFloat;
    }

    private PartitionMap Map((int Edge, WorkPartition Partition, bool Writes) key, Func<PartitionMap> make)
    {
        if (!maps.TryGetValue(key, out PartitionMap? map))
        {
            map = make();
            maps.Add(key, map);
        }

        return map;
    }

    private static WorkPartition? FixedPartition(PlannedStep step)
    {
        if (step.Inputs.Count == 0 || step.Inputs[0].Kind != StorageKind.Blocked || step.Outputs[0].Kind != StorageKind.Blocked)
        {
            return null;
        }

        ActivationGrid input = GridOf(step.Inputs[0]);
        ActivationGrid output = GridOf(step.Outputs[0]);
        return step.Kind switch
        {
            StepKind.MaxPool or StepKind.AveragePool when step.Plan!.Pool is { } pool =>
                WorkPartitions.Planes(input, output, pool.KernelHeight, pool.StrideHeight, pool.PadTop),
            StepKind.GlobalAverage => WorkPartitions.Planes(input, output, input.Rows, input.Rows, 0),
            StepKind.Elementwise => WorkPartitions.Planes(input, output, 1, 1, 0),
            _ => null,
        };
    }

    private IEnumerable<Link> LinksInto(int consumer)
    {
        PlannedStep step = steps[consumer];
        for (int i = 0; i < step.Inputs.Count; i++)
        {
            Storage read = step.Inputs[i];
            for (int producer = 0; producer < consumer && read.Kind == StorageKind.Blocked; producer++)
            {
                foreach (Storage written in steps[producer].Outputs.Where(output => output.Kind == StorageKind.Blocked && output.Root == read.Root))
                {
                    int shift = FirstBlock(written) - FirstBlock(read);
                    bool overlaps = shift < GridOf(read).Blocks && shift > -GridOf(written).Blocks;
                    bool elementwise = steps[consumer].Kind == StepKind.Elementwise;
                    // An operand that all pixels of a channel read is too small to matter where it comes from.
                    bool broadcast = elementwise && i > 0 && read.Extent != step.Outputs[0].Extent;
                    if (overlaps && !broadcast && written.Extent.Images == read.Extent.Images && (written.Extent.Images == 1 || written == read))
                    {
                        yield return new Link(producer, consumer, written, read, shift, i > 0 && !elementwise);
                    }
                }
            }
        }
    }

    // Blocks count from the root of an in-place concatenation.
    private static int FirstBlock(Storage storage) => storage.Parent is { Kind: StorageKind.Blocked } parent ? storage.ParentBlock + FirstBlock(parent) : 0;

    /// <summary>An edge with its places. The first input of a step is read as its window asks, a second one like the output.</summary>
    private sealed record Link(int Producer, int Consumer, Storage Value, Storage Read, int Shift, bool IsResidual);
}
