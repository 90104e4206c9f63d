using Attune.Kernels;
using Attune.Kernels.Backends;
using Attune.Kernels.Targets;
using Attune.Reference;
using Attune.Runtime.Plan;
using Attune.Runtime.Plan.Verification;

namespace Attune.Runtime.FileFuzzer;

/// <summary>Loads a file and, when it is accepted, runs it on seeded inputs and compares the results with those of the reference kernels.</summary>
internal static class Trial
{
    private const double MaxFlops = 2e8;
    private const long MaxVerified = 1 << 22;
    private const double Tolerance = 2e-3;
    private const double MaxMeaningful = 1e6;

    /// <summary>Tries a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="seed">Seed of the inputs.</param>
    /// <returns>What became of it, with details.</returns>
    public static (Verdict Verdict, string Details) Run(string path, int seed)
    {
        CompiledModel model;
        try
        {
            model = CompiledModel.Load(path, new ModelOptions { Threads = 1, Device = DeviceName.Cpu });
        }
        catch (TunedModelException refused)
        {
            return (Verdict.Refused, refused.Error.Failure.ToString());
        }
        catch (Exception exception)
        {
            return (Verdict.Untyped, $"loading: {exception}");
        }

        using (model)
        {
            long elements = model.Inputs.Concat(model.Outputs).Sum(value => value.Type.Shape.Count);
            if (model.Steps.Sum(step => (double)step.Flops) > MaxFlops || elements > MaxMeaningful || model.ArenaBytes > 1L << 28)
            {
                return (Verdict.TooLong, string.Empty);
            }

            if (Misplaced(path, model) is { } misplaced)
            {
                return (Verdict.Misplaced, misplaced);
            }

            var random = new Random(seed);
            var inputs = model.Inputs.ToDictionary(input => input.Name, input => Input(input.Type, random));
            try
            {
                return Compare(path, inputs, model.Run(inputs));
            }
            catch (Exception refused) when (refused is ArgumentException or UnsupportedOperatorException)
            {
                return (Verdict.Stopped, refused.Message);
            }
            catch (Exception exception)
            {
                return (Verdict.Untyped, $"running: {exception}");
            }
        }
    }

    // What the layouts say is checked before anything runs by them, so that a wrong one is found and not just met.
    private static string? Misplaced(string path, CompiledModel model)
    {
        TunedModel tuned = TunedModelFile.Load(path).OrThrow(error => new TunedModelException(error));
        var plan = ExecutionPlan.Create(
            tuned.Network,
            HostTarget.Of(model.Options.Lanes),
            PlanRequest.Of(tuned.Configurations.Select(configuration => configuration.Task), model.Options.WithoutFusions));
        return plan.ArenaFloats > MaxVerified ? null : LayoutVerifier.Verify(plan) is { IsEmpty: false } findings ? findings[0].ToString() : null;
    }

    private static (Verdict Verdict, string Details) Compare(string path, Dictionary<string, Tensor> inputs, IReadOnlyDictionary<string, Tensor> results)
    {
        Network network = LayerAlternatives.Without(TunedModelFile.Load(path).OrThrow(error => new TunedModelException(error)).Network);
        IReadOnlyDictionary<string, Tensor> expected;
        var largest = new Dictionary<string, double>();
        try
        {
            expected = ReferenceExecutor.Run(network, inputs, observer: (node, values) => largest[node.Name] = values.Count > 0 ? Largest(values[0]) : 0);
        }
        catch (ArgumentException refused)
        {
            return (Verdict.Different, $"the reference kernels refuse what ran: {refused.Message}");
        }

        // Beyond this, what one order of summation rounds away is as large as the results.
        if (largest.Values.Any(magnitude => !(magnitude < MaxMeaningful)))
        {
            return (Verdict.Ran, string.Empty);
        }

        foreach ((string name, Tensor want) in expected)
        {
            if (!results[name].Type.Equals(want.Type))
            {
                return (Verdict.Different, $"'{name}' is {results[name].Type} instead of {want.Type}");
            }

            if (want.Data is float[] wanted && Difference(wanted, results[name].Elements<float>()) is { } difference)
            {
                return (Verdict.Different, $"'{name}': {difference}");
            }
        }

        return (Verdict.Agreed, string.Empty);
    }

    private static string? Difference(float[] expected, float[] actual)
    {
        double scale = expected.Aggregate(1.0, (largest, value) => Math.Max(largest, Math.Abs((double)value)));
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs((double)expected[i] - actual[i]) <= Tolerance * scale))
            {
                return $"element {i} of {expected.Length} is {actual[i]} instead of {expected[i]}";
            }
        }

        return null;
    }

    private static double Largest(Tensor tensor) =>
        tensor.Data is float[] numbers && numbers.Length > 0
            ? numbers.Max(number => float.IsFinite(number) ? Math.Abs((double)number) : double.PositiveInfinity)
            : 0;

    private static Tensor Input(TensorType type, Random random)
    {
        if (type.Element != DataType.Float32)
        {
            return Tensor.Zeros(type.Element, type.Shape);
        }

        var data = new float[type.Shape.Count];
        for (int i = 0; i < data.Length; i++)
        {
            data[i] = (random.NextSingle() * 2) - 1;
        }

        return Tensor.Of(type.Shape, data);
    }
}
