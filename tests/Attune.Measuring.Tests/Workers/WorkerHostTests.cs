using System.Collections.Immutable;
using System.IO.Pipelines;
using Attune.Devices;
using Attune.Measuring.Workers;
using Attune.Records;

namespace Attune.Measuring.Tests.Workers;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class WorkerHostTests
{
    [Fact]
    public void Ends_when_its_input_ends()
    {
        using var output = new MemoryStream();
        using var factory = new Factory(() => { });
        WorkerHost.Run(Stream.Null, output, factory);
        Replies(output).Select(reply => reply.Stage).ShouldBe([WorkerStage.Ready]);
    }

    [Fact]
    public void Reports_every_stage_and_ignores_what_is_no_request()
    {
        byte[] request = WorkerProtocol.Encode(
            new WorkerRequest(9, new MeasureRequest("t", 3, ImmutableDictionary<string, string>.Empty, 1, null), MeasureOptions.Default));
        using var input = new MemoryStream([.. "garbage\n{}\n"u8, .. request]);
        using var output = new MemoryStream();
        using var factory = new Factory(() => Thread.SpinWait(500));
        // The input ends while the request waits, which is the case of a dead parent as well; here it must still be served.
        WorkerHost.Run(input, output, factory, new WorkerHostOptions { Orphaned = () => { } });

        List<WorkerReply> replies = Replies(output);
        replies.Select(reply => reply.Stage).ShouldBe(
            [WorkerStage.Ready, WorkerStage.Preparing, WorkerStage.Building, WorkerStage.Running, WorkerStage.Verifying, WorkerStage.Done]);
        replies[^1].Id.ShouldBe(9);
        replies[^1].Result.ShouldNotBeNull().Outcome.ShouldBe(Outcome.Ok);
    }

    [Fact]
    public void A_task_is_prepared_again_after_another_one_since_its_data_may_be_gone()
    {
        (string Task, int Threads)[] order = [("a", 1), ("a", 1), ("b", 1), ("a", 1), ("a", 2)];
        using var input = new MemoryStream(
        [
            .. order.SelectMany((one, id) => WorkerProtocol.Encode(
                new WorkerRequest(id, new MeasureRequest(one.Task, 0, ImmutableDictionary<string, string>.Empty, one.Threads, null), MeasureOptions.Default))),
        ]);
        using var output = new MemoryStream();
        using var factory = new Factory(() => Thread.SpinWait(500));
        WorkerHost.Run(input, output, factory, new WorkerHostOptions { Orphaned = () => { } });
        factory.Prepared.ShouldBe([("a", 1), ("b", 1), ("a", 1), ("a", 2)]);
    }

    [Fact]
    public void A_device_that_is_lost_before_a_kernel_runs_ends_the_worker_and_blames_no_candidate()
    {
        byte[] request = WorkerProtocol.Encode(
            new WorkerRequest(1, new MeasureRequest("t", 3, ImmutableDictionary<string, string>.Empty, 1, null), MeasureOptions.Default));
        using var input = new MemoryStream(request);
        using var output = new MemoryStream();
        using var factory = new Factory(() => { }) { OnBuild = () => throw new DeviceException("gone") { IsLost = true } };
        Should.Throw<DeviceException>(() => WorkerHost.Run(input, output, factory, new WorkerHostOptions { Orphaned = () => { } }));
        Replies(output).ShouldAllBe(reply => reply.Result == null);

        // What only this candidate asked for and did not get is its own failure.
        using var again = new MemoryStream(request);
        using var answers = new MemoryStream();
        using var small = new Factory(() => { }) { OnBuild = () => throw new DeviceException("no memory") { IsOutOfMemory = true } };
        WorkerHost.Run(again, answers, small, new WorkerHostOptions { Orphaned = () => { } });
        Replies(answers)[^1].Result.ShouldNotBeNull().Outcome.ShouldBe(Outcome.CompileError);
    }

    [Fact]
    public async Task A_parent_that_dies_in_mid_measurement_is_noticed_though_the_candidate_hangs()
    {
        var pipe = new Pipe();
        var orphaned = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var started = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var factory = new Factory(() =>
        {
            started.Set();
            release.Wait();
        });
        using var output = new MemoryStream();
        Task worker = Task.Run(() => WorkerHost.Run(pipe.Reader.AsStream(), output, factory, new WorkerHostOptions { Orphaned = orphaned.SetResult }));
        await pipe.Writer.WriteAsync(WorkerProtocol.Encode(
            new WorkerRequest(1, new MeasureRequest("t", 0, ImmutableDictionary<string, string>.Empty, 1, null), MeasureOptions.Default)));
        started.Wait();
        await pipe.Writer.CompleteAsync();

        await orphaned.Task;
        release.Set();
        await worker;
    }

    [Fact]
    public void A_result_without_times_survives_the_protocol()
    {
        MeasureResult failed = MeasureResult.Failed(Outcome.CompileError, "line\nbreaks \u001e and \"quotes\"", 1.5);
        WorkerReply? back = WorkerProtocol.DecodeReply(WorkerProtocol.Encode(new WorkerReply(4, WorkerStage.Done, failed)).AsSpan().TrimEnd((byte)'\n'));

        back.ShouldNotBeNull().Id.ShouldBe(4);
        MeasureResult result = back.Result.ShouldNotBeNull();
        result.Outcome.ShouldBe(failed.Outcome);
        result.MedianMs.ShouldBe(double.PositiveInfinity);
        result.Message.ShouldBe(failed.Message);
        result.CompileMs.ShouldBe(1.5);
    }

    [Fact]
    public async Task Lines_of_any_length_and_split_are_read_and_overlong_ones_dropped()
    {
        var random = new Random(3);
        for (int round = 0; round < 50; round++)
        {
            string[] lines = [.. Enumerable.Range(0, 20).Select(i => new string((char)('a' + i), random.Next(0, 9000)))];
            using var stream = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', lines) + "\n"));
            var reader = new LineReader(new Dribble(stream, random), longest: 5000);
            foreach (string line in lines)
            {
                string read = System.Text.Encoding.ASCII.GetString((await reader.NextAsync()).ShouldNotBeNull().Span);
                if (read.Length != line.Length)
                {
                    line.Length.ShouldBeGreaterThan(5000);
                    read.ShouldBeEmpty();
                }
            }

            (await reader.NextAsync()).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("/usr/bin/dotnet", "/app/attune.dll", "/usr/bin/dotnet /app/attune.dll worker")]
    [InlineData("/app/attune", "/app/attune.dll", "/app/attune worker")]
    [InlineData("/app/attune", "", "/app/attune worker")]
    public void The_same_program_is_started_whether_hosted_or_not(string process, string entry, string expected) =>
        WorkerCommand.Self(process, entry, "worker").ToString().ShouldBe(expected);

    private static List<WorkerReply> Replies(MemoryStream output)
    {
        var replies = new List<WorkerReply>();
        foreach (string line in System.Text.Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            replies.Add(WorkerProtocol.DecodeReply(System.Text.Encoding.UTF8.GetBytes(line)).ShouldNotBeNull());
        }

        return replies;
    }

    private sealed class Factory(Action run) : ICandidateFactory, ICandidate
    {
        public List<(string Task, int Threads)> Prepared { get; } = [];

        public void Prepare(string task, int threads) => Prepared.Add((task, threads));

        public Action OnBuild { get; init; } = () => { };

        public CandidateResult Build(string task, IReadOnlyDictionary<string, string> knobs, int threads)
        {
            OnBuild();
            return CandidateResult.Built(this);
        }

        public double Run(int times)
        {
            for (int i = 0; i < times; i++)
            {
                run();
            }

            return times;
        }

        public void Renew(long number)
        {
        }

        public Verdict Check() => default;

        public Verdict Inspect(bool thorough) => default;

        public void Dispose()
        {
        }
    }

    // Delivers a stream in random small pieces, as pipes do.
    private sealed class Dribble(Stream inner, Random random) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, Math.Min(count, random.Next(1, 700)));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer[..Math.Min(buffer.Length, random.Next(1, 700))], cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
