using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Files;
using Attune.Runtime.Plan.Narrow;

namespace Attune.Runtime.Plan;

/// <summary>
/// Assigns layouts and places: each value keeps the layout its producer gives it; a conversion is inserted only where a consumer disagrees, once per layout;
/// producers write concatenations in place; consumers' padding becomes a halo of the value they read.
/// </summary>
internal sealed class ExecutionPlanner(Network given, KernelTarget target, PlanRequest request)
{
    private readonly Network original = given;
    private Network network = given;
    private readonly int lanes = target.Lanes;
    private readonly Dictionary<string, StorageKind> produced = [];
    private readonly Dictionary<(string, StorageKind), Storage> storages = [];
    private readonly Dictionary<(string, StorageKind), Halo> halos = [];
    private readonly Dictionary<(string, StorageKind), (byte Zero, string? At)> zeros = [];
    private readonly List<Storage> all = [];
    private readonly List<PlannedStep> steps = [];

    public ExecutionPlan Run()
    {
        ImmutableArray<Storage> inputs = [.. network.Inputs.Select(AddInput)];
        List<NodePlan> classified = ClassifyNodes();
        List<NodePlan> plans = TransposedFusion.Apply(network, PairFusion.Apply(network, classified, request), request);
        foreach (NodePlan plan in plans)
        {
            AddOutputs(plan);
        }

        foreach (NodePlan plan in plans)
        {
            ShareWithExact(plan);
        }

        for (int i = plans.Count - 1; i >= 0 && !request.Without.Contains(Fusions.Concat); i--)
        {
            if (plans[i].Step == StepKind.Concat)
            {
                PlaceInConcat(plans[i]);
            }
        }

        foreach (((string value, StorageKind kind), Halo halo) in halos)
        {
            if (storages.TryGetValue((value, kind), out Storage? storage))
            {
                storage.Root.Halo = storage.Root.Halo.Union(halo);
                SetZero(storage.Root, storage);
            }
        }

        foreach (NodePlan plan in plans.Where(static plan => plan.Step != StepKind.Dynamic))
        {
            AddStep(plan);
        }

        ImmutableArray<Storage> outputs = [.. network.Outputs.Select(AcquireOutput)];
        foreach (NodePlan plan in plans.Where(static plan => plan.Step == StepKind.Dynamic))
        {
            AddStep(plan);
        }

        foreach (Storage output in outputs)
        {
            Touch(output, steps.Count);
        }

        long floats = ArenaPlanner.Place(all.Where(s => s.Parent is null && s.InArena && s.LastStep >= 0));
        return new ExecutionPlan(network, target, [.. steps], [.. all], inputs, outputs, floats) { Given = original };
    }

    private Storage AddInput(NetworkValue input)
    {
        bool external = input.Type.Element == DataType.Float32;
        produced[input.Name] = external ? StorageKind.External : StorageKind.Managed;
        return Add(input.Name, produced[input.Name]);
    }

    private List<NodePlan> ClassifyNodes()
    {
        var planner = new NarrowPlanner(network, target, produced, request.Without);
        List<NodePlan> plans = planner.Run();
        network = planner.Network;
        foreach (NodePlan plan in plans)
        {
            foreach (Demand demand in plan.Inputs)
            {
                (string Value, StorageKind Kind) key = (demand.Value, demand.Kind);
                halos[key] = halos.GetValueOrDefault(key).Union(demand.Halo);
                if (!demand.Halo.IsEmpty)
                {
                    zeros[key] = (demand.Zero, demand.ZeroAt);
                }
            }
        }

        return plans;
    }

    private void AddOutputs(NodePlan plan)
    {
        foreach ((string output, int i) in plan.Node.Outputs.Select((output, i) => (output, i)).Where(named => named.output.Length > 0))
        {
            Add(output, plan.OutputAt(i), plan.PixelChannels);
        }
    }

    /// <summary>An alternative writes where the layer that it stands for writes, so that readers need not know which of the two ran.</summary>
    private void ShareWithExact(NodePlan plan)
    {
        if (LayerAlternatives.ValueOf(plan.Node) is not { Length: > 0 } value)
        {
            return;
        }

        // The value must be an exact node's own, else storages could share in a circle.
        bool exact = network.Nodes.Any(node => LayerAlternatives.FormOf(node) == 0 && node.Outputs.Contains(value));
        if (!exact || LayerAlternatives.FormOf(plan.Node) == 0 || produced[value] != plan.Output || plan.Output == StorageKind.Managed)
        {
            // Low-rank factoring makes forms of compiled layers only, so that a network whose forms cannot share comes from a damaged file.
            throw new FileDefectException(
                TunedModelFailure.Malformed,
                $"node '{plan.Node.Name}' is a form of the layer that computes '{value}', but there is no such layer, or the two values are not kept "
                + $"alike ({plan.Output})");
        }

        StorageKind kind = plan.Output;

        storages[(plan.Node.Outputs[0], kind)].Parent = storages[(value, kind)];
    }

    private void PlaceInConcat(NodePlan plan)
    {
        Storage whole = storages[(plan.Node.Outputs[0], StorageKind.Blocked)];
        int channels = 0;
        foreach (Demand input in plan.Inputs)
        {
            bool once = plan.Inputs.Count(i => i.Value == input.Value) == 1;
            if (once
                && storages.TryGetValue((input.Value, StorageKind.Blocked), out Storage? part)
                && part.Parent is null
                && produced[input.Value] == StorageKind.Blocked)
            {
                part.Parent = whole;
                part.ParentBlock = channels / lanes;
            }

            channels += network.TypeOf(input.Value).Shape[1];
        }
    }

    private void AddStep(NodePlan plan)
    {
        Storage[] inputs = [.. plan.Inputs.Select(Acquire)];
        Storage[] outputs =
        [
            .. plan.Node.Outputs.Select((output, i) => (output, plan.OutputAt(i))).Where(named => named.output.Length > 0).Select(named => storages[named]),
        ];
        if (plan.Step == StepKind.Alias)
        {
            outputs[0].Parent = inputs[0];
            return;
        }

        if (plan.Step == StepKind.Concat && Array.TrueForAll(inputs, i => i.Parent == outputs[0]))
        {
            return;
        }

        Emit(new PlannedStep(plan.Node.Name, plan.Step, plan, inputs, outputs));
    }

    private Storage AcquireOutput(NetworkValue output)
    {
        // An output that is a constant or an input of the network goes through a managed tensor.
        if (network.Constants.ContainsKey(output.Name))
        {
            return storages.TryGetValue((output.Name, StorageKind.Managed), out Storage? known) ? known : Add(output.Name, StorageKind.Managed);
        }

        StorageKind kind = produced[output.Name] == StorageKind.Managed || output.Type.Element != DataType.Float32 ? StorageKind.Managed : StorageKind.Plain;
        return Acquire(new Demand(output.Name, kind));
    }

    /// <summary>The value in the wanted layout: where it is, or a conversion of it.</summary>
    private Storage Acquire(Demand demand)
    {
        if (storages.TryGetValue((demand.Value, demand.Kind), out Storage? known))
        {
            return known;
        }

        Storage source = storages[(demand.Value, produced[demand.Value])];
        bool throughPlain = source.Kind is StorageKind.Blocked or StorageKind.RowMajor && demand.Kind != StorageKind.Plain;
        if (throughPlain)
        {
            source = Acquire(new Demand(demand.Value, StorageKind.Plain));
        }

        Storage converted = Add(demand.Value, demand.Kind);
        converted.Halo = halos.GetValueOrDefault((demand.Value, demand.Kind));
        SetZero(converted, converted);
        if (IsSameMemory(source, converted))
        {
            converted.Parent = source;
            return converted;
        }

        Emit(new PlannedStep(
            $"{demand.Value} to {demand.Kind}", StepKind.Convert, null, [source], [converted])
        { Conversion = Conversion.Between(source, converted) });
        return converted;
    }

    /// <summary>States what the halo of a value holds, where a reader wants one.</summary>
    private void SetZero(Storage root, Storage wanted)
    {
        if (zeros.TryGetValue((wanted.Value, wanted.Kind), out (byte Zero, string? At) known))
        {
            root.Zero = known.Zero;
            root.ZeroAt = known.At is null ? null : storages[(known.At, StorageKind.Plain)];
        }
    }

    /// <summary>One pixel per image: channel blocks follow each other, so blocked and plain memory coincide.</summary>
    private bool IsSameMemory(Storage source, Storage target)
    {
        bool kinds = (source.Kind, target.Kind) is (StorageKind.Blocked, StorageKind.Plain) or (StorageKind.Plain, StorageKind.Blocked);
        Storage blocked = source.Kind == StorageKind.Blocked ? source : target;
        return kinds && blocked.Parent is null && blocked.Halo.IsEmpty && blocked.Extent is { Rows: 1, Columns: 1 }
            && (blocked.Extent.Images == 1 || blocked.Extent.Channels % lanes == 0);
    }

    private void Emit(PlannedStep step)
    {
        foreach (Storage storage in step.Inputs.Concat(step.Outputs))
        {
            Touch(storage, steps.Count);
        }

        steps.Add(step);
    }

    private static void Touch(Storage storage, int step)
    {
        storage.Root.FirstStep = Math.Min(storage.Root.FirstStep, step);
        storage.Root.LastStep = Math.Max(storage.Root.LastStep, step);
    }

    private Storage Add(string value, StorageKind kind, int pixelChannels = 0)
    {
        // Only reference kernels touch values whose shape is not known before the run.
        Shape shape = network.Types.TryGetValue(value, out TensorType? type) ? type.Shape : Shape.Of(0);
        bool isNarrow = type?.Element is DataType.UInt8 or DataType.BFloat16 && kind is not (StorageKind.External or StorageKind.Managed);
        DataType element = isNarrow ? type!.Element : DataType.Float32;
        var storage = new Storage(value, kind, shape, pixelChannels > 0 ? pixelChannels : lanes) { Id = all.Count, Element = element };
        all.Add(storage);
        storages[(value, kind)] = storage;
        return storage;
    }
}
