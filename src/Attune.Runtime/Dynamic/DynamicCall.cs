using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Attune.Kernels;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Dynamic;

/// <summary>
/// The last step of a model whose end has no types before a run: takes its operands from the plan's values and gives its results to them. Runs on the caller's
/// thread when all other steps are done, so that what it compiles may use all threads of the team.
/// </summary>
internal sealed class DynamicCall : IDisposable
{
    private readonly DynamicModel model;
    private readonly ImmutableArray<Storage> inputs;
    private readonly ImmutableArray<Storage> outputs;

    private DynamicCall(DynamicModel model, PlannedStep step) => (this.model, inputs, outputs) = (model, [.. step.Inputs], [.. step.Outputs]);

    /// <summary>The call that a plan ends with; null when its types are all known.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="configurations">Knob texts by task key.</param>
    /// <param name="options">Options with nothing left to the machine, and the team to share.</param>
    [RequiresDynamicCode(CompiledModel.EmitsCode)]
    public static DynamicCall? Of(
        ExecutionPlan plan, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> configurations, ModelOptions options)
    {
        PlannedStep? step = Array.Find([.. plan.Steps], static step => step.Kind == StepKind.Dynamic);
        if (step?.Plan!.Node.Attributes.Find(FusedOperators.Body) is not Network body)
        {
            return null;
        }

        // The file that elements may lie in is closed after loading.
        ImmutableDictionary<string, Tensor> constants = step.Plan.Node.Inputs.Where(plan.Network.Constants.ContainsKey).Distinct()
            .Select(name => KeyValuePair.Create(name, plan.Network.Constants[name]))
            .ToImmutableDictionary(static pair => pair.Key, static pair => Tensor.Wrap(pair.Value.Shape, pair.Value.Data));
        Network inner = body with { Constants = constants, Inputs = [.. body.Inputs.Where(input => !constants.ContainsKey(input.Name))] };
        return new DynamicCall(new DynamicModel(inner, configurations, options), step);
    }

    /// <summary>Computes the results.</summary>
    /// <param name="managed">Values of the host, by storage id.</param>
    public void Run(Tensor?[] managed)
    {
        Tensor[] results = model.Run(inputs.ToDictionary(static input => input.Value, input => managed[input.Id]!));
        for (int i = 0; i < outputs.Length; i++)
        {
            managed[outputs[i].Id] = results[i];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
