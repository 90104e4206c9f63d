using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;

namespace Attune.Runtime.Plan;

/// <summary>What runs, in which order, and where every value lives. Depends on the network and the target, not on tuned configurations.</summary>
/// <param name="Network">The fused network, of the nodes that run.</param>
/// <param name="Target">What its kernels are generated for.</param>
/// <param name="Steps">Steps in order.</param>
/// <param name="Storages">All storages, by id.</param>
/// <param name="Inputs">Storage of every network input, in order.</param>
/// <param name="Outputs">Storage of every network output, in order: plain or managed.</param>
/// <param name="ArenaFloats">Size of the arena.</param>
internal sealed record ExecutionPlan(
    Network Network,
    KernelTarget Target,
    ImmutableArray<PlannedStep> Steps,
    ImmutableArray<Storage> Storages,
    ImmutableArray<Storage> Inputs,
    ImmutableArray<Storage> Outputs,
    long ArenaFloats)
{
    /// <summary>The network as it was given: where bytes replace numbers, <see cref="Network"/> has other nodes.</summary>
    public Network Given { get; init; } = Network;

    /// <summary>Floats per vector.</summary>
    public int Lanes => Target.Lanes;

    /// <summary>Plans a network.</summary>
    public static ExecutionPlan Create(Network network, KernelTarget target, PlanRequest? request = null) =>
        new ExecutionPlanner(network, target, request ?? PlanRequest.Plain).Run();

    /// <summary>
    /// The plan once weights are packed: of the network's constants only those are left that are outputs, which are asked for by name.
    /// </summary>
    public ExecutionPlan WithoutWeights()
    {
        ImmutableDictionary<string, Tensor> kept = ImmutableDictionary<string, Tensor>.Empty;
        foreach (NetworkValue output in Network.Outputs)
        {
            kept = Network.Constants.TryGetValue(output.Name, out Tensor? constant)
                ? kept.SetItem(output.Name, Tensor.Wrap(constant.Shape, constant.Data))
                : kept;
        }

        return this with { Network = Network with { Constants = kept }, Given = Given with { Constants = kept } };
    }

    /// <summary>
    /// For each step the layer with alternatives that it computes, by position in <see cref="LayerAlternatives.Values"/>, and in which form; layer -1 for steps
    /// that always run.
    /// </summary>
    public ImmutableArray<(int Layer, int Form)> Forms()
    {
        ImmutableArray<string> values = LayerAlternatives.Values(Network);
        var forms = new (int Layer, int Form)[Steps.Length];
        int pending = -1;
        for (int i = Steps.Length - 1; i >= 0; i--)
        {
            if (Steps[i].Plan?.Node is not { } node)
            {
                forms[i] = (-1, 0);
                continue;
            }

            // The last node of a form names its layer; the nodes before it belong to the same.
            int form = LayerAlternatives.FormOf(node);
            string value = form == 0 ? node.Outputs[0] : LayerAlternatives.ValueOf(node);
            int named = values.IndexOf(value);
            if (form == 0)
            {
                forms[i] = (named, form);
                continue;
            }

            pending = value.Length == 0 ? pending : named;
            forms[i] = (pending, form);
        }

        // What only a form computes is copied into another layout only where the form runs.
        var between = new Dictionary<string, (int Layer, int Form)>(StringComparer.Ordinal);
        for (int i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Plan is null && between.TryGetValue(Steps[i].Inputs[0].Value, out (int Layer, int Form) own))
            {
                forms[i] = own;
            }

            foreach (Storage output in Steps[i].Outputs.Where(_ => forms[i].Form != 0))
            {
                between[output.Value] = forms[i];
            }
        }

        return [.. forms];
    }

    /// <summary>
    /// The geometry a convolution step is tuned as. A pointwise convolution over rows that follow each other without gaps is one long row:
    /// tiles may then cross rows.
    /// </summary>
    public static WeightedWorkload WorkloadOf(PlannedStep step)
    {
        // Numbers of scales that are known only in a run stand behind the activations.
        int activations = step.Plan!.Epilogue.HasResidual ? 2 : 1;
        bool pointwise = step.Plan.Workload is ConvolutionWorkload
        {
            KernelHeight: 1, KernelWidth: 1, StrideHeight: 1, StrideWidth: 1, Padding.IsEmpty: true, IsDepthwise: false, IsDense: false, IsTransposed: false,
            Height: > 1,
        };
        return pointwise && step.Plan.Workload is ConvolutionWorkload w
            && step.Inputs.Take(activations).All(s => s.ImageView.HasContiguousRows(w.Width)) && step.Outputs[0].ImageView.HasContiguousRows(w.Width)
            ? w with { Height = 1, Width = w.Height * w.Width }
            : step.Plan.Workload!;
    }

    /// <summary>Views and epilogue of a convolution step.</summary>
    public static KernelSignature SignatureOf(PlannedStep step)
    {
        NodePlan plan = step.Plan!;
        bool dense = plan.Workload!.IsDense;
        ActivationView View(Storage storage) => dense ? storage.MatrixView : storage.ImageView;
        ActivationView residual = plan.Epilogue.HasResidual ? View(step.Inputs[1]) : default;
        return new KernelSignature(View(step.Inputs[0]), residual, View(step.Outputs[0]), plan.Epilogue)
        {
            Inner = plan.Inner,
            ResidualElement = plan.Narrow?.Input(FusedOperators.Residual)?.Element ?? DataType.Float32,
        };
    }
}
