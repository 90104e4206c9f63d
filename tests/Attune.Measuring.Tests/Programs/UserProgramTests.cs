using Attune.Measuring.Programs;

namespace Attune.Measuring.Tests.Programs;

[Trait(Category.Name, Category.AnyWidth)]
public sealed class UserProgramTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Output_and_success_are_told()
    {
        ProgramRun run = await RunAsync(Long, "sh", "-c", "echo hello; echo noise >&2");
        run.ExitCode.ShouldBe(0);
        run.Output.ShouldBe("hello\n");
        run.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task A_failure_quotes_what_the_program_said()
    {
        ProgramRun run = await RunAsync(Long, "sh", "-c", "echo 'no such model' >&2; exit 7");
        run.ExitCode.ShouldBe(7);
        run.Problem!.ShouldContain("code 7: no such model");
    }

    [Fact]
    public async Task A_program_that_hangs_is_ended_with_its_children()
    {
        ProgramRun run = await RunAsync(TimeSpan.FromMilliseconds(300), "sh", "-c", "sleep 600 & wait");
        run.TimedOut.ShouldBeTrue();
        run.ExitCode.ShouldBeNull();
        run.Problem!.ShouldContain("did not end within 0.3 s");
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_a_value_not_an_exception()
    {
        ProgramRun run = await RunAsync(Long, "/no/such/program");
        run.ExitCode.ShouldBeNull();
        run.Problem!.ShouldContain("did not start");
    }

    [Fact]
    public async Task A_flood_of_output_is_cut()
    {
        ProgramRun run = await RunAsync(Long, "sh", "-c", "yes | head -c 3000000");
        run.ExitCode.ShouldBe(0);
        run.Output.Length.ShouldBe(UserProgram.MaxOutput);
    }

    [Fact]
    public async Task It_has_no_input_to_wait_for() => (await RunAsync(Long, "sh", "-c", "cat; echo end")).Output.ShouldBe("end\n");

    [Fact]
    public async Task Cancelling_ends_it()
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => UserProgram.RunAsync(["sleep", "600"], Long, TimeProvider.System, stop.Token));
    }

    private static Task<ProgramRun> RunAsync(TimeSpan limit, params string[] words) =>
        UserProgram.RunAsync([.. words], limit, TimeProvider.System, CancellationToken.None);
}
