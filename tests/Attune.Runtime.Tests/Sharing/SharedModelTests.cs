using System.Collections.Immutable;
using Attune.Compile;
using Attune.Devices;
using Attune.Kernels;
using Attune.Kernels.Spaces;
using Attune.Kernels.Targets;
using Attune.Kernels.Templates;
using Attune.Runtime.Execution;
using Attune.Runtime.Plan;

namespace Attune.Runtime.Tests.Sharing;

/// <summary>One model on all processors, and many callers.</summary>
public sealed class SharedModelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    [Trait(Category.Name, Category.Slow)]
    public async Task Many_callers_get_what_one_gets(int seed, bool direct)
    {
        // Tiles of the other algorithms overlap at the edge, and their results differ by roundings: there it matters who writes last.
        Action<float[], float[]> check = direct ? Same : Close;
        var sketch = new NetworkSketch(seed);
        Network network = SharedNetwork.Build(sketch);
        using CompiledModel model = CompiledModel.Compile(
            network, RandomConfigurations(network, seed, direct), new ModelOptions { Threads = Environment.ProcessorCount });
        using CompiledModel single = CompiledModel.Compile(network, RandomConfigurations(network, seed, direct), new ModelOptions { Threads = 1 });
        float[][] inputs = [.. Enumerable.Range(0, 12).Select(_ => sketch.Random(network.Inputs[0].Type.Shape).Elements<float>())];
        float[][] expected = [.. inputs.Select(input => Run(single, input))];
        for (int i = 0; i < inputs.Length; i++)
        {
            check(Run(model, inputs[i]), expected[i]);
        }

        // Callers come and go, so that teams are taken, refused, and left in the middle of a run.
        await Task.WhenAll(Enumerable.Range(0, 16).Select(caller => Start(() =>
        {
            var random = new Random((seed * 100) + caller);
            for (int call = 0; call < 60; call++)
            {
                int i = random.Next(inputs.Length);
                check(Run(model, inputs[i]), expected[i]);
                if (random.Next(8) == 0)
                {
                    Thread.Sleep(random.Next(3));
                }
            }
        }))).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_call_does_not_wait_for_a_team_at_work()
    {
        var sketch = new NetworkSketch(5);
        Network network = SharedNetwork.Build(sketch);
        using CompiledModel model = CompiledModel.Compile(
            network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = Environment.ProcessorCount });
        float[] input = sketch.Random(network.Inputs[0].Type.Shape).Elements<float>();
        float[] expected = Run(model, input);
        using var release = new ManualResetEventSlim();
        using var arrived = new CountdownEvent(model.Team.Members);
        var holding = new Job((_, _) =>
        {
            arrived.Signal();
            release.Wait();
        });
        Task held = Start(() => model.Team.Run(holding));
        arrived.Wait(Patience).ShouldBeTrue();
        float[] answer = await Task.Run(() => Run(model, input)).WaitAsync(Patience);
        held.IsCompleted.ShouldBeFalse();
        Same(answer, expected);
        release.Set();
        await held.WaitAsync(Patience);
    }

    /// <summary>
    /// In the first phase of a run on all processors another thread comes to work; from the next phase on the caller must be alone, and do every share.
    /// </summary>
    [Fact]
    public async Task A_team_whose_processors_are_wanted_leaves_the_rest_to_the_caller()
    {
        int processors = Environment.ProcessorCount;
        using var team = new ThreadTeam(processors);
        using var release = new ManualResetEventSlim();
        using var working = new ManualResetEventSlim();
        Task? other = null;
        var shares = new System.Collections.Concurrent.ConcurrentBag<(int Phase, int Member, int Members)>();
        ImmutableArray<StepPart>[] phases =
        [
            [new Part((member, members) =>
            {
                shares.Add((0, member, members));
                if (member == 0)
                {
                    other = Start(() => ThreadTeam.RunAlone(new Job((_, _) =>
                    {
                        working.Set();
                        release.Wait();
                    })));
                    working.Wait(Patience).ShouldBeTrue();
                }
            })],
            [new Part((member, members) => shares.Add((1, member, members)))],
            [new Part((member, members) => shares.Add((2, member, members)))],
        ];
        var step = new CompiledStep(new StepReport("s", "s", "s", null, null, null, 0, 0), [.. phases], null);
        ExecutionPlan plan = ExecutionPlan.Create(SharedNetwork.Build(new NetworkSketch(1)), HostTarget.Of(8));
        using var inference = new TeamInference([step], new RunContext(plan, new Workspace(0, 0, 0), processors));
        await Start(() => inference.Run(team)).WaitAsync(Patience);
        release.Set();
        await other!.WaitAsync(Patience);
        shares.Where(share => share.Phase == 0).Select(share => (share.Member, share.Members)).Order().ShouldBe(
            Enumerable.Range(0, processors).Select(member => (member, processors)));
        shares.Where(share => share.Phase > 0).Order().ShouldBe([(1, 0, 1), (2, 0, 1)]);

        // With the processors to itself again, the next run is shared to the end.
        shares.Clear();
        ImmutableArray<StepPart>[] calm =
        [
            [new Part((member, members) => shares.Add((0, member, members)))], [new Part((member, members) => shares.Add((1, member, members)))],
        ];
        using var next = new TeamInference([step with { Phases = [.. calm] }], new RunContext(plan, new Workspace(0, 0, 0), processors));
        next.Run(team);
        shares.Count.ShouldBe(2 * processors);
    }

    // Bit for bit, and without a message made of thousands of numbers.
    private static void Same(float[] actual, float[] expected) => actual.AsSpan().SequenceEqual(expected).ShouldBeTrue();

    private static void Close(float[] actual, float[] expected) => Closeness.Check("output", Tensor.Vector(actual), Tensor.Vector(expected));

    private static float[] Run(CompiledModel model, float[] input)
    {
        var output = new float[model.Outputs[0].Type.Shape.Count];
        model.Run(input, output);
        return output;
    }

    /// <summary>The default kernels, which are direct, or any that are suggested: other algorithms, kernels of several phases.</summary>
    private static Dictionary<string, IReadOnlyDictionary<string, string>> RandomConfigurations(Network network, int seed, bool direct)
    {
        var random = new Random(seed);
        var configurations = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (ModelTask task in ModelTask.Of(network, HostTarget.Widest))
        {
            Space space = KernelTemplates.CreateSpace(task.Workload, HostTarget.Of(task.Workload.Lanes));
            long[] suggested = [.. KernelTemplates.SuggestedIndices(task.Workload, space, HostTarget.Of(task.Workload.Lanes))];
            long index = direct || suggested.Length == 0
                ? KernelTemplates.DefaultIndex(task.Workload, space, HostTarget.Of(task.Workload.Lanes))
                : suggested[random.Next(suggested.Length)];
            configurations[task.Key] = space[index].ToLabels();
        }

        return configurations;
    }

    private static Task Start(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private sealed class Job(Action<int, TeamBarrier> run) : ITeamJob
    {
        public void Run(int member, TeamBarrier barrier) => run(member, barrier);
    }

    private sealed class Part(Action<int, int> run) : StepPart
    {
        public override void Run(RunContext context, int member, int members) => run(member, members);
    }
}
