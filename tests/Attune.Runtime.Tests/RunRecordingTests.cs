using Attune.Kernels;

namespace Attune.Runtime.Tests;

public sealed class RunRecordingTests
{
    private const int Runs = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Times_are_in_order_and_barriers_hold(int members)
    {
        if (members > Environment.ProcessorCount)
        {
            return;
        }

        using CompiledModel model = Compile(members);
        RunRecording recording = model.Record(Inputs(model), Runs);
        recording.Runs.ShouldBe(Runs);
        recording.Members.ShouldBe(members);
        recording.Phases.Length.ShouldBe(model.Steps.Length);
        for (int run = 0; run < Runs; run++)
        {
            (long begin, long end) = recording.Run(run);
            if (run > 0)
            {
                begin.ShouldBeGreaterThanOrEqualTo(recording.Run(run - 1).End);
            }

            long[] previous = [.. Enumerable.Repeat(begin, members)];
            for (int step = 0; step < recording.Phases.Length; step++)
            {
                for (int phase = 0; phase < recording.Phases[step]; phase++)
                {
                    PhaseTimes[] times = [.. Enumerable.Range(0, members).Select(member => recording.Phase(run, member, step, phase))];
                    for (int member = 0; member < members; member++)
                    {
                        times[member].Begin.ShouldBeGreaterThanOrEqualTo(previous[member]);
                        times[member].Work.ShouldBeGreaterThanOrEqualTo(0);
                        times[member].Wait.ShouldBeGreaterThanOrEqualTo(0);
                        previous[member] = times[member].Met;
                    }

                    // Nobody leaves a barrier before the last one has come.
                    times.Min(time => time.Met).ShouldBeGreaterThanOrEqualTo(times.Max(time => time.Worked));
                }
            }

            end.ShouldBeGreaterThanOrEqualTo(previous[0]);
        }
    }

    [Fact]
    public void A_recorded_run_gives_the_same_result_as_any_other()
    {
        using CompiledModel model = Compile(1);
        Dictionary<string, Tensor> inputs = Inputs(model);
        float[] before = model.Run(inputs)[model.Outputs[0].Name].Elements<float>();
        RunRecording recording = model.Record(inputs, 2);
        model.Run(inputs)[model.Outputs[0].Name].Elements<float>().ShouldBe(before);
        recording.StepMs(0).Length.ShouldBe(2);
        model.Profile(inputs, 3).Length.ShouldBe(model.Steps.Length);
    }

    [Fact]
    public void Recording_allocates_nothing_per_run()
    {
        using CompiledModel model = Compile(1);
        Dictionary<string, Tensor> inputs = Inputs(model);
        model.Record(inputs, 1);

        // The arrays for the times are all that may differ: per run a start, an end, a stamp at the start and two for every phase.
        // The least of several tries, since the runtime allocates now and then while it compiles what has become hot.
        long few = Enumerable.Range(0, 5).Min(_ => Allocated(() => model.Record(inputs, 1)));
        long many = Enumerable.Range(0, 5).Min(_ => Allocated(() => model.Record(inputs, 101)));
        int stamps = 3 + (2 * model.Steps.Length);
        (many - few).ShouldBeLessThanOrEqualTo(100L * stamps * sizeof(long));
    }

    [Fact]
    public void No_runs_are_refused()
    {
        using CompiledModel model = Compile(1);
        Should.Throw<ArgumentOutOfRangeException>(() => model.Record(Inputs(model), 0));
    }

    [Fact]
    public void Steps_say_how_they_are_computed()
    {
        using CompiledModel model = Compile(1);
        StepReport[] convolutions = [.. model.Steps.Where(step => step.TaskKey is not null)];
        convolutions.ShouldNotBeEmpty();
        convolutions.ShouldAllBe(
            step => step.Algorithm == "direct" && step.ExecutedFlops == step.Flops && step.WorkUnits.Length == 1 && step.WorkUnits[0] >= 1);
        model.Steps.Where(step => step.TaskKey is null).ShouldAllBe(step => step.Algorithm == null);
    }

    private static long Allocated(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static CompiledModel Compile(int threads)
    {
        var sketch = new NetworkSketch(3);
        string x = sketch.Input("x", 1, 3, 24, 20);
        string a = sketch.Conv(x, [1, 32, 12, 10], 7, 2, 3);
        string p = sketch.Node(
            "MaxPool",
            [a],
            [1, 32, 6, 5],
            Attributes.None.With("kernel_shape", new[] { 3L, 3L }).With("strides", new[] { 2L, 2L }).With("pads", new[] { 1L, 1L, 1L, 1L }));
        string b = sketch.Conv(p, [1, 32, 6, 5], 3, 1, 1);
        return CompiledModel.Compile(sketch.Finish(b), new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = threads });
    }

    private static Dictionary<string, Tensor> Inputs(CompiledModel model) =>
        model.Inputs.ToDictionary(input => input.Name, input => new NetworkSketch(9).Random(input.Type.Shape));
}
