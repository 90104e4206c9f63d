/* dense/1x60x1x1/13x1x1/s1x1/p0,0,0,0/d1x1/g1/rowmajor-rowmajor/v1 */
KERNEL LANES(60, 1, 1) void phase0(const GLOBAL float* RESTRICT m0, const int o0, const GLOBAL float* RESTRICT m1, const int o1, const GLOBAL float* RESTRICT m2, const int o2, GLOBAL float* m4, const int o4)
{
    float acc_0_0, b_0_0, a_0_0, total_0_0;
    m0 += o0;
    m1 += o1;
    m2 += o2;
    m4 += o4;
    SHARED float parts_0[60];
    const int by_0 = GROUP(1);
    const int bx_0 = GROUP(0);
    const int tx_0 = LANE(0);
    acc_0_0 = 0.0f;
    b_0_0 = m1[bx_0 * 60 + tx_0];
    a_0_0 = m0[by_0 * 60 + tx_0];
    acc_0_0 = fma(a_0_0, b_0_0, acc_0_0);
    parts_0[tx_0] = acc_0_0;
    WAIT;
    if (tx_0 < 30)
    {
        parts_0[tx_0] = (parts_0[tx_0] + parts_0[tx_0 + 30]);
    }
    WAIT;
    if (tx_0 < 15)
    {
        parts_0[tx_0] = (parts_0[tx_0] + parts_0[tx_0 + 15]);
    }
    WAIT;
    if (tx_0 < 7)
    {
        parts_0[tx_0] = (parts_0[tx_0] + parts_0[tx_0 + 8]);
    }
    WAIT;
    if (tx_0 < 4)
    {
        parts_0[tx_0] = (parts_0[tx_0] + parts_0[tx_0 + 4]);
    }
    WAIT;
    if (tx_0 < 2)
    {
        parts_0[tx_0] = (parts_0[tx_0] + parts_0[tx_0 + 2]);
    }
    WAIT;
    if (tx_0 < 1)
    {
        parts_0[tx_0] = (parts_0[tx_0] + parts_0[tx_0 + 1]);
    }
    WAIT;
    if (tx_0 < 1)
    {
        total_0_0 = parts_0[tx_0 * 60];
        total_0_0 = (total_0_0 + m2[bx_0 + tx_0]);
        total_0_0 = upper(0.0f, total_0_0);
        m4[bx_0 + by_0 * 13 + tx_0] = total_0_0;
    }
}
