using Attune.Learning.Ranking;

namespace Attune.Learning.Tests;

/// <summary>
/// The partners that libxgboost draws for rank:pairwise with one thread: the minimal standard generator of C++ (48271 x mod 2^31 - 1) seeded with 1111 times
/// the round counted from 1, mapped to a range by division and rejection as the GNU library's uniform integers are.
/// </summary>
internal sealed class XgboostDraws : IPartnerDraws
{
    private const uint Modulus = 2_147_483_647;
    private uint state;

    public void Begin(int round) => state = (uint)((round + 1) * 1111) % Modulus;

    public int Draw(int count)
    {
        const uint range = Modulus - 2;
        uint scaling = range / (uint)count;
        uint past = (uint)count * scaling;
        uint draw;
        do
        {
            state = (uint)(48_271UL * state % Modulus);
            draw = state - 1;
        }
        while (draw >= past);

        return (int)(draw / scaling);
    }
}
