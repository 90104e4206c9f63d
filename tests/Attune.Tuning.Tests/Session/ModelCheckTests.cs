using System.Collections.Immutable;
using Attune.Kernels;
using Attune.Tuning.Session;

namespace Attune.Tuning.Tests.Session;

public sealed class ModelCheckTests
{
    private static readonly TensorType Type = new(DataType.Float32, Shape.Of(2, 3));

    // y = |x|
    private static readonly Network Network = new(
        "n",
        [new NetworkValue("x", Type)],
        [new NetworkValue("y", Type)],
        [new Node("abs", "Abs", 13, ["x"], ["y"], Attributes.None)],
        ImmutableDictionary<string, Tensor>.Empty,
        ImmutableDictionary<string, TensorType>.Empty.Add("x", Type).Add("y", Type));

    [Fact]
    public void A_model_that_does_as_the_reference_passes_within_the_tolerance()
    {
        Check().Difference(inputs => Output(inputs, x => Math.Abs(x)), CancellationToken.None).ShouldBeNull();
        Check().Difference(inputs => Output(inputs, x => Math.Abs(x) * 1.00005f), CancellationToken.None).ShouldBeNull();
        Check().Difference(inputs => Output(inputs, x => Math.Abs(x) * 1.001f), CancellationToken.None).ShouldNotBeNull().Output.ShouldBe("y");
    }

    [Fact]
    public void No_number_anywhere_is_a_difference() =>
        Check().Difference(
            inputs => Output(inputs, x => x < 0 ? float.NaN : x), CancellationToken.None).ShouldNotBeNull().MaxRelError.ShouldBe(double.PositiveInfinity);

    [Fact]
    public void What_is_left_from_the_run_before_is_noticed()
    {
        // Right whenever it computes; the second run leaves the output of the first one.
        IReadOnlyDictionary<string, Tensor>? first = null;
        Check().Difference(inputs => first ??= Output(inputs, x => Math.Abs(x)), CancellationToken.None).ShouldNotBeNull();
    }

    [Fact]
    public void A_model_that_is_wrong_only_when_an_input_comes_again_is_found_out()
    {
        int runs = 0;
        Check().Difference(inputs => ++runs == 3 ? Output(inputs, _ => 0) : Output(inputs, x => Math.Abs(x)), CancellationToken.None).ShouldNotBeNull();
        runs.ShouldBe(3);
    }

    [Fact]
    public void The_reference_runs_once_however_many_models_are_compared_and_can_be_interrupted()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Should.Throw<OperationCanceledException>(() => Check().Difference(inputs => Output(inputs, x => x), cancelled.Token));
        ModelCheck check = Check();
        check.Difference(inputs => Output(inputs, x => Math.Abs(x)), CancellationToken.None).ShouldBeNull();
        check.Difference(inputs => Output(inputs, x => Math.Abs(x)), cancelled.Token).ShouldBeNull("the reference is there already");
    }

    [Fact]
    public void A_network_whose_reference_is_slow_is_compared_on_one_input_and_the_user_is_told()
    {
        var heard = new Heard();
        var check = new ModelCheck(Network, 1e-4, 1, heard, new SteppingClock(TimeSpan.FromSeconds(30)));
        var seen = new HashSet<float>();
        int runs = 0;
        check.Difference(
            inputs =>
            {
                runs++;
                seen.Add(inputs["x"].Elements<float>()[0]);
                return Output(inputs, x => Math.Abs(x));
            },
            CancellationToken.None).ShouldBeNull();
        (runs, seen.Count).ShouldBe((2, 1));
        heard.Events.OfType<ReferenceSlow>().ShouldHaveSingleItem().Took.ShouldBe(TimeSpan.FromSeconds(30));
        heard.Events.OfType<ReferenceAdvanced>().ShouldHaveSingleItem().ShouldBe(new ReferenceAdvanced(1, 2, 1, 1, "abs"));
    }

    private static ModelCheck Check() => new(Network, 1e-4, 1, new Heard(), TimeProvider.System);

    private static Dictionary<string, Tensor> Output(IReadOnlyDictionary<string, Tensor> inputs, Func<float, float> map) =>
        new() { ["y"] = Tensor.Of(Type.Shape, Array.ConvertAll(inputs["x"].Elements<float>(), map.Invoke)) };
}
