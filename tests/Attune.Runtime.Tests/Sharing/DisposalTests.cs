using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Attune.Devices;
using Attune.Kernels;
using Attune.Runtime.Stages;

namespace Attune.Runtime.Tests.Sharing;

/// <summary>Disposal while others run: memory that kernels read must not go away under them. A fault here ends the process, not the test.</summary>
public sealed class DisposalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static TheoryData<int> Threads() => Environment.ProcessorCount > 1 ? [1, 2] : [1];

    [Theory]
    [MemberData(nameof(Threads))]
    public async Task Runs_in_flight_finish_and_later_ones_are_refused(int threads)
    {
        (Network network, float[] input, float[] expected) = Sample();
        for (int round = 0; round < 12; round++)
        {
            CompiledModel model = Compile(network, threads);
            using var running = new CountdownEvent(4);
            Task<int>[] callers = [.. Enumerable.Range(0, 4).Select(_ => Start(() => RunUntilRefused(model, input, expected, running)))];
            running.Wait(Patience).ShouldBeTrue();
            Task[] disposers = [.. Enumerable.Range(0, 3).Select(_ => Start(model.Dispose))];
            await Task.WhenAll(disposers).WaitAsync(Patience);
            int[] runs = await Task.WhenAll(callers).WaitAsync(Patience);
            runs.Min().ShouldBeGreaterThan(0);
            Should.Throw<ObjectDisposedException>(() => model.Run(input, new float[expected.Length]));
            Should.Throw<ObjectDisposedException>(() => model.Profile(Named(network, input), 1));
            Should.Throw<ObjectDisposedException>(model.CreateStaged);
            model.Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Threads))]
    public async Task A_run_that_disposes_of_its_own_model_ends_well(int threads)
    {
        (Network network, float[] input, float[] expected) = Sample();
        CompiledModel model = Compile(network, threads);
        Task<IReadOnlyDictionary<string, Tensor>> run = Start(() => model.Run(new DisposingInputs(Named(network, input), model.Dispose)));
        (await run.WaitAsync(Patience))[network.Outputs[0].Name].Elements<float>().ShouldBe(expected);
        Should.Throw<ObjectDisposedException>(() => model.Run(input, new float[expected.Length]));
        await Start(model.Dispose).WaitAsync(Patience);
    }

    [Theory]
    [MemberData(nameof(Threads))]
    public async Task Recordings_in_flight_finish(int threads)
    {
        (Network network, float[] input, _) = Sample();
        for (int round = 0; round < 4; round++)
        {
            CompiledModel model = Compile(network, threads);
            using var running = new CountdownEvent(2);
            Task[] callers = [.. Enumerable.Range(0, 2).Select(_ => Start(() =>
            {
                running.Signal();
                try
                {
                    while (true)
                    {
                        model.Profile(Named(network, input), 3).Length.ShouldBe(model.Steps.Length);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The model was disposed of between two calls.
                }
            }))];
            running.Wait(Patience).ShouldBeTrue();
            model.Dispose();
            await Task.WhenAll(callers).WaitAsync(Patience);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Staged_runs_in_flight_finish_and_later_ones_are_refused(bool modelFirst)
    {
        (Network network, float[] input, float[] expected) = Sample();
        for (int round = 0; round < 8; round++)
        {
            CompiledModel model = Compile(network, 1);
            StagedInference staged = model.CreateStaged();
            input.CopyTo(staged.Input(0));
            using var team = new ThreadTeam(1);
            using var running = new CountdownEvent(1);
            Task caller = Start(() =>
            {
                var output = new float[expected.Length];
                for (int run = 0; ; run++)
                {
                    try
                    {
                        staged.Restart();
                        staged.RunTo(staged.Steps, team, 1);
                        staged.ReadOutput(0, output);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }

                    output.AsSpan().SequenceEqual(expected).ShouldBeTrue();
                    if (run == 0)
                    {
                        running.Signal();
                    }
                }
            });
            running.Wait(Patience).ShouldBeTrue();
            (modelFirst ? (Action)model.Dispose : staged.Dispose)();
            await caller.WaitAsync(Patience);
            Should.Throw<ObjectDisposedException>(() =>
            {
                staged.Restart();
                staged.RunTo(1, team, 1);
            });
            model.Dispose();
            staged.Dispose();
            staged.Dispose();
        }
    }

    private static int RunUntilRefused(CompiledModel model, float[] input, float[] expected, CountdownEvent running)
    {
        var output = new float[expected.Length];
        for (int runs = 0; ; runs++)
        {
            try
            {
                model.Run(input, output);
            }
            catch (ObjectDisposedException)
            {
                return runs;
            }

            output.AsSpan().SequenceEqual(expected).ShouldBeTrue();
            if (runs == 0)
            {
                running.Signal();
            }
        }
    }

    private static (Network Network, float[] Input, float[] Expected) Sample()
    {
        var sketch = new NetworkSketch(4);
        Network network = SharedNetwork.Build(sketch);
        float[] input = sketch.Random(network.Inputs[0].Type.Shape).Elements<float>();
        var expected = new float[network.Outputs[0].Type.Shape.Count];
        using CompiledModel model = Compile(network, 1);
        model.Run(input, expected);
        return (network, input, expected);
    }

    private static Dictionary<string, Tensor> Named(Network network, float[] input) =>
        new() { [network.Inputs[0].Name] = Tensor.Of(network.Inputs[0].Type.Shape, input) };

    private static CompiledModel Compile(Network network, int threads) =>
        CompiledModel.Compile(network, new Dictionary<string, IReadOnlyDictionary<string, string>>(), new ModelOptions { Threads = threads });

    private static Task Start(Action action) => Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static Task<T> Start<T>(Func<T> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Inputs whose look-up, in the middle of a run, disposes of the model.</summary>
    private sealed class DisposingInputs(Dictionary<string, Tensor> inputs, Action dispose) : IReadOnlyDictionary<string, Tensor>
    {
        public IEnumerable<string> Keys => inputs.Keys;

        public IEnumerable<Tensor> Values => inputs.Values;

        public int Count => inputs.Count;

        public Tensor this[string key] => inputs[key];

        public bool ContainsKey(string key) => inputs.ContainsKey(key);

        public bool TryGetValue(string key, [MaybeNullWhen(false)] out Tensor value)
        {
            dispose();
            return inputs.TryGetValue(key, out value);
        }

        public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => inputs.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
