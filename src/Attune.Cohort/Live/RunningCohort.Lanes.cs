namespace Attune.Cohort.Live;

/// <content>The threads that run stages.</content>
public sealed partial class RunningCohort
{
    /// <summary>One thread that runs stages, with a team of its own for those that several threads share.</summary>
    private sealed class Lane
    {
        private readonly RunningCohort owner;
        private readonly Devices.ThreadTeam team;
        private readonly Thread thread;

        public Lane(RunningCohort owner, int position, int threads)
        {
            this.owner = owner;
            Position = position;
            team = new Devices.ThreadTeam(threads);
            thread = new Thread(Serve) { IsBackground = true, Name = $"attune-lane-{position}" };
            thread.Start();
        }

        public int Position { get; }

        /// <summary>True when it hangs in a stage of a member that was freed.</summary>
        public bool IsLost { get; set; }

        public void Join(TimeSpan patience)
        {
            // A lane that hangs is left behind with its team; it is a background thread.
            if (!IsLost && thread.Join(patience))
            {
                team.Dispose();
            }
        }

        private void Serve()
        {
            while (owner.Take(this, team.Members) is { } turn)
            {
                string? failure = null;
                try
                {
                    owner.members[turn.Member].Network.Run(turn.Stage, turn.Variant, team, turn.Threads);
                }
                catch (Exception exception)
                {
                    // Whatever a member does, the others go on.
                    failure = $"{exception.GetType().Name}: {exception.Message}";
                }

                if (!owner.Give(turn, failure))
                {
                    return;
                }
            }
        }
    }

    private readonly (Lane Lane, int Threads)[] laneOf;

    private readonly record struct Turn(int Member, int Number, int Stage, int Variant, int Threads, Lane Lane);
}
